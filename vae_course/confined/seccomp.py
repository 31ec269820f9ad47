"""Seccomp: the system calls that a process is refused (EPERM), as a filter that the kernel runs before each call.

By ctypes: pyseccomp needs libseccomp's shared library, which is not everywhere where Python is.
"""

import ctypes
import errno
import os
import platform

from .syscalls import NAMED, checked, libc, numbers

SET_SECCOMP, FILTER = 22, 2  # prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ...)
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the filter's machine
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they lie in what a filter sees
OTHER_ABI = 0x40000000  # from here on x86_64 counts calls of another kind

CLONE_THREAD = 0x10000
PRCTL = (15, 16, 0x53564D41)  # a thread's own name, and names of memory
FCNTL = (8, 10, 15, 1026)  # signals when something happens to a file: F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY
IOCTL = (0x8901, 0x8902, 0x5412, 0x541C)  # the same, FIOSETOWN and SIOCSPGRP; typing for others, TIOCSTI and TIOCLINUX

Instruction = tuple[int, int, int, int]  # code, skipped if true, skipped if false, operand


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def restrict() -> bool:
    """From here on this thread, which must have no_new_privs, is refused what `program` says; for good.

    Returns whether that holds: not on architectures whose numbers are not known, or without seccomp.
    """
    machine = platform.machine()
    if machine not in NAMED or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    instructions = program(machine, os.getpid())
    array = (_Instruction * len(instructions))(*(_Instruction(*one) for one in instructions))
    try:
        checked(libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(_Program(len(array), array))))
    except OSError:
        return False
    return True


def program(machine: str, own: int) -> list[Instruction]:
    """The filter of a process with the id `own`. Threads are allowed and signals to itself; other processes are not."""
    known = numbers(machine)
    partly = {
        "clone": [_argument(0), (ANY_BIT, 0, 1, CLONE_THREAD), _end(ALLOW), _end(REFUSE)],
        "clone3": [_end(UNKNOWN)],  # its flags lie where a filter can't look: the C library falls back on clone
        "kill": _only(0, (own,)),
        "tgkill": _only(0, (own,)),
        "prlimit64": _only(0, (0, own)),
        "prctl": _only(0, PRCTL),
        "fcntl": _but(1, FCNTL),
        "ioctl": _but(1, IOCTL),
    }
    found = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, NAMED[machine]), _end(KILL), (LOAD, 0, 0, NUMBER)]
    if machine == "x86_64":
        found += [(AT_LEAST, 0, 1, OTHER_ABI), _end(REFUSE)]
    for name, number in known.items():
        body = partly.get(name, [_end(REFUSE)])
        found += [(EQUAL, 0, len(body), number), *body]
    return [*found, _end(ALLOW)]


def _end(what: int) -> Instruction:
    return RETURN, 0, 0, what


def _argument(position: int) -> Instruction:
    """Loads the lower half of an argument: all that the kernel looks at, for those asked for here."""
    return LOAD, 0, 0, ARGUMENTS + 8 * position


def _only(position: int, values: tuple[int, ...]) -> list[Instruction]:
    return [
        _argument(position),
        *(part for value in values for part in ((EQUAL, 0, 1, value), _end(ALLOW))),
        _end(REFUSE),
    ]


def _but(position: int, values: tuple[int, ...]) -> list[Instruction]:
    return [
        _argument(position),
        *(part for value in values for part in ((EQUAL, 0, 1, value), _end(REFUSE))),
        _end(ALLOW),
    ]
