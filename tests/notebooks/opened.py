"""Which files are opened below a folder, by whatever process and library: as Linux tells it."""

import ctypes
import os
import struct
from contextlib import contextmanager
from pathlib import Path

_OPENED, _FOLDER = 0x20, 0x40000000
_HEAD = struct.Struct("iIII")


@contextmanager
def watched(root):
    """Return a set that holds, once left, the path of each file that was opened below a folder.

    An audit hook of Python sees no file that Arrow or DuckDB open; the system does.
    """
    system = ctypes.CDLL(None, use_errno=True)
    channel = system.inotify_init1(os.O_NONBLOCK)
    folders = {
        system.inotify_add_watch(channel, os.fsencode(folder), _OPENED): Path(folder)
        for folder, _, _ in os.walk(root)
    }
    assert channel >= 0
    assert min(folders) >= 0
    found = set()
    try:
        yield found
        found |= {
            (folders[watch] / name).relative_to(root).as_posix()
            for watch, name in _read(channel)
            if name
        }
    finally:
        os.close(channel)


def _read(channel):
    while True:
        try:
            rest = os.read(channel, 1 << 20)
        except BlockingIOError:
            return
        while rest:
            watch, mask, _, length = _HEAD.unpack_from(rest)
            assert watch >= 0, f"events were lost: {mask}"
            if not mask & _FOLDER:
                yield watch, os.fsdecode(rest[_HEAD.size : _HEAD.size + length].rstrip(b"\0"))
            rest = rest[_HEAD.size + length :]
