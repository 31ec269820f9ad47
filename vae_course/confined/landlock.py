"""Landlock, the kernel's rules on which files a process may open, without privileges (Linux 5.13 and later).

By ctypes: three system calls and two structures are less to trust than the packages for it on PyPI, which were young
when this was written (landlock 1.0.0.dev5, py-landlock 0.1.1, landlockpy 0.2.0).
"""

import ctypes
import os
from collections.abc import Iterable

from .syscalls import libc, syscall

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every architecture
VERSION = 1  # flag: which ABI is there?
PATH_BENEATH = 1

READ_FILE, READ_DIR = 1 << 2, 1 << 3
MAKE_CHAR, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << bit for bit in (6, 9, 10, 11, 12))
OF_FILES = 1 << 0 | 1 << 1 | READ_FILE | 1 << 14 | 1 << 15  # what a rule on a file, no folder, can be about
RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # ABI -> those that came with it
WRITE = ~(1 | MAKE_CHAR | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM | 1 << 15)  # plain files and folders
TCP = {4: 0b11}  # bind, connect
SCOPES = {6: 0b11}  # abstract sockets, signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def restrict(readable: Iterable[str], listed: Iterable[str], writable: Iterable[str]) -> int:
    """From here on this thread opens nothing but these files and folders, with all that lies in them.

    It binds and connects no TCP socket and signals nobody, where the ABI has that. listed: folders of which only names
    may be read. What is not there is left out. Returns the ABI that holds, 0 where there is none.
    """
    if not (found := _ruleset()):
        return 0
    abi, ruleset = found
    handled = _up_to(RIGHTS, abi)
    try:
        for paths, rights in ((readable, READ_FILE | READ_DIR), (listed, READ_DIR), (writable, WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        syscall(RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def newest() -> int:
    """The newest ABI that the kernel names; 0 where it has none."""
    return max(0, libc.syscall(CREATE, None, ctypes.c_size_t(0), VERSION))


def _ruleset() -> tuple[int, int] | None:
    """The newest ABI that works, and an empty ruleset of it; some kernels name one that they have in part only."""
    for abi in range(min(newest(), 6), 0, -1):
        rules = _Ruleset(_up_to(RIGHTS, abi), _up_to(TCP, abi), _up_to(SCOPES, abi))
        descriptor = libc.syscall(CREATE, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
        if descriptor >= 0:
            return abi, descriptor
    return None


def _up_to(table: dict[int, int], abi: int) -> int:
    return sum(bits for since, bits in table.items() if since <= abi)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _Beneath(rights if os.path.isdir(path) else rights & OF_FILES, descriptor)
        syscall(ADD, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)
