"""What confines the process that runs a student's code: the kernel refuses it all but its folder and its computing.

Layers, each of them alone a boundary against most of what an answer may try: another account (where root grades),
landlock (files, TCP, signals, abstract sockets), seccomp (processes, sockets, what landlock does not see), namespaces
of its own (networks, shared memory; many containers allow none), limits. All need Linux and none needs a package, a
helper or privileges. bubblewrap can stand before the zygote, around all of it.
"""

import contextlib
import ctypes
import os
import resource
import signal
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..text import Both
from . import landlock, seccomp
from .syscalls import checked, libc, prctl

HIDDEN = Path(__file__).parents[1]  # the course, with its reference answers
USER = 60_900  # the account where root grades: none that systems hand out
FILES, PROCESSES = 64, 64  # that may be open, that may run
FILE = 2**26  # bytes of one file
SYSTEM = (
    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/dev/urandom", "/proc/cpuinfo",
    "/sys/devices/system/cpu",
)  # fmt: skip
PREFIXES = (sys.prefix, sys.base_prefix, "/usr/local", "/usr", "")  # whose libraries may be read
READ_ANYTHING = 1 << 2  # CAP_DAC_READ_SEARCH
OWN_NAMESPACES = 0x40000000 | 0x08000000 | 0x04000000  # network, System V's and POSIX' IPC, names of the host
NEW_USER = 0x10000000  # one in which anybody may have those
NO_NEW_PRIVILEGES, PARENT_DEATH, KEEP_CAPABILITIES = 38, 1, 8  # of prctl

LACKS = Both(
    es="Aislamiento incompleto en este sistema, falta: {what}. Conviene corregir donde no haya nada propio "
    "(docs/security.md).",
    en="Incomplete isolation on this system, missing: {what}. Better grade where nothing of yours is "
    "(docs/security.md).",
)
LANDLOCK = Both(es="landlock (archivos)", en="landlock (files)")
SECCOMP = Both(es="seccomp (llamadas al sistema)", en="seccomp (system calls)")
NAMESPACES = Both(es="espacios de nombres (red)", en="namespaces (network)")
ACCOUNT = Both(es="otra cuenta", en="another account")


@dataclass(frozen=True)
class Rules:
    """What a process may have."""

    folder: str  # its own: all that it may write to
    memory: int  # bytes of address space, beyond what it has
    cpu: int  # seconds
    without: tuple[str, ...] = ()  # layers left out, to try the others: "landlock", "seccomp", "namespaces", "user"


@dataclass(frozen=True)
class Layers:
    """What confines a process."""

    landlock: int  # the ABI, 0: none
    seccomp: bool
    namespaces: bool
    user: bool | None  # whether it runs under another account; None where only root could do that

    def lacks(self) -> Both | None:
        """What is missing on this system, in a sentence; None if nothing is."""
        there = {
            LANDLOCK: self.landlock, SECCOMP: self.seccomp, NAMESPACES: self.namespaces, ACCOUNT: self.user is not False
        }  # fmt: skip
        names = [name for name, present in there.items() if not present]
        return LACKS.format(what=Both(*map(", ".join, zip(*names, strict=True)))) if names else None


def confine(rules: Rules) -> Layers:
    """Confines this process, which must have one thread, for good."""
    parent = os.getppid()
    os.chdir(rules.folder)
    os.umask(0o077)
    os.environ.clear()
    tempfile.tempdir = None  # to be asked for anew
    os.environ.update({"HOME": rules.folder, "TMPDIR": rules.folder, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"})
    landlocked = "landlock" not in rules.without and landlock.newest() > 0
    reached = _open_to_all(rules.folder)
    root, user = os.geteuid() == 0, None
    keep = 0 if reached or (root and not landlocked) else READ_ANYTHING  # landlock says then what may be read
    apart = "namespaces" not in rules.without and _apart(OWN_NAMESPACES if root else OWN_NAMESPACES | NEW_USER, keep)
    if root:
        user = "user" not in rules.without and (reached or landlocked) and _leave_root(rules.folder)
    _drop_capabilities(keep)
    _limit(rules, user)
    prctl(NO_NEW_PRIVILEGES, 1)
    prctl(PARENT_DEATH, signal.SIGKILL)  # after the account, whose change takes it back
    if os.getppid() != parent:
        os._exit(1)
    readable, listed = environment()
    abi = landlock.restrict(readable, listed, [rules.folder, os.devnull]) if landlocked else 0
    return Layers(abi, "seccomp" not in rules.without and seccomp.restrict(), apart, user)


def keep_only(*descriptors: int) -> None:
    """Closes all others; standard input, output and errors are nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    first = 3
    for kept in sorted(descriptors):
        os.closerange(first, kept)
        first = kept + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


@cache
def environment() -> tuple[list[str], list[str]]:
    """Python's and the system's libraries without the course itself, and folders of them that are only listed."""
    libraries = [f"{prefix}/{name}" for prefix in PREFIXES for name in ("lib", "lib64")]
    libraries += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries += [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    libraries += [path for name in ("torch", "numpy") if name in sys.modules for path in sys.modules[name].__path__]
    folders = {Path(path).resolve() for path in libraries}
    topmost = sorted(folder for folder in folders if not folders & set(folder.parents))
    split = [list(_around(folder)) for folder in topmost]
    listed = [str(folder) for folder, parts in zip(topmost, split, strict=True) if parts != [str(folder)]]
    return [*(path for parts in split for path in parts), *SYSTEM], listed


def _around(folder: Path) -> Iterator[str]:
    """A folder, or where the course lies in it, all else that is in it: landlock knows no exception to a rule."""
    if folder == HIDDEN:
        return
    if folder not in HIDDEN.parents:
        yield str(folder)
        return
    for inner in folder.iterdir():
        yield from _around(inner)


def _open_to_all(folder: str) -> bool:
    """Whether any account gets to that folder, and to the environment, which may lie where only root enters."""
    readable, _ = environment()
    return _entered(folder) and all(_entered(path) and _has(path, stat.S_IROTH) for path in readable)


def _entered(path: str) -> bool:
    return all(_has(parent, stat.S_IXOTH) for parent in Path(path).parents)


def _has(path: str | Path, bit: int) -> bool:
    try:
        return bool(os.stat(path).st_mode & bit)
    except FileNotFoundError:  # what is not there needs nobody
        return True
    except PermissionError:
        return False


def _apart(namespaces: int, keep: int) -> bool:
    """Goes on in namespaces of its own, where the system lets it."""
    if keep and namespaces & NEW_USER:  # what it may read it would no longer
        return False
    return libc.unshare(namespaces) == 0


def _leave_root(folder: str) -> bool:
    """Goes on under another account, to which the folder belongs from now on."""
    try:
        os.setgroups([])
        os.chown(folder, USER, USER)
        prctl(KEEP_CAPABILITIES, 1)
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)
    except OSError:  # in a namespace that knows no other account, or in a container that may not change it
        with contextlib.suppress(OSError):
            os.chown(folder, 0, 0)
        return False
    return True


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _drop_capabilities(keep: int) -> None:
    header, both = _Header(0x20080522, 0), (_Capabilities * 2)()  # version 3: 64 bits in two halves
    checked(libc.capget(ctypes.byref(header), both))
    kept = both[0].permitted & keep
    both[0], both[1] = _Capabilities(kept, kept, 0), _Capabilities(0, 0, 0)
    checked(libc.capset(ctypes.byref(header), both))


def _limit(rules: Rules, user: bool | None) -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: taken + rules.memory,
        resource.RLIMIT_CPU: rules.cpu,  # should nobody watch any more
        resource.RLIMIT_FSIZE: FILE,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if user:  # elsewhere all processes of whoever grades would count
        limits[resource.RLIMIT_NPROC] = PROCESSES
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
