"""The system calls that Python has no function for, and those that a student's process is refused, by number."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)

NAMED = {  # architecture -> its number in seccomp
    "x86_64": 0xC000003E,
    "aarch64": 0xC00000B7,
}
NUMBERS = {  # name -> number on x86_64 and aarch64; None: not there
    # other processes, and programs
    "fork": (57, None), "vfork": (58, None), "clone": (56, 220), "clone3": (435, 435),
    "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "setsid": (112, 157), "setpgid": (109, 154), "prctl": (157, 167), "prlimit64": (302, 261),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122), "sched_setattr": (314, 274), "migrate_pages": (256, 238), "move_pages": (279, 239),
    # sockets, and what outlives a process
    "socket": (41, 198), "socketpair": (53, 199),
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # files as landlock does not see them
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    "truncate": (76, 45), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "fanotify_init": (300, 262),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "file_setattr": (469, 469), "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    # large parts of the kernel that no answer needs
    "bpf": (321, 280), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "personality": (135, 92), "modify_ldt": (154, None),
    "syslog": (103, 116), "acct": (163, 89),
    # allowed in part
    "fcntl": (72, 25), "ioctl": (16, 29),
}  # fmt: skip


def numbers(machine: str) -> dict[str, int]:
    """Name -> number on that machine."""
    column = list(NAMED).index(machine)
    return {name: number for name, both in NUMBERS.items() if (number := both[column]) is not None}


def syscall(number: int, *arguments) -> int:
    """One system call. Raises OSError."""
    return checked(libc.syscall(number, *arguments))


def prctl(option: int, value: int) -> None:
    """prctl(2) with one value. Raises OSError."""
    checked(libc.prctl(option, *(ctypes.c_ulong(part) for part in (value, 0, 0, 0))))


def checked(result: int) -> int:
    """What a C function returned. Raises OSError."""
    if result < 0:
        raise OSError(number := ctypes.get_errno(), os.strerror(number))
    return result
