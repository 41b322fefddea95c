"""What a notebook prints, up to a length that a page and a run can bear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipykernel.iostream import OutStream

MOST = 1_000_000  # characters on each of the two streams


class Bounded(OutStream):
    """Drops what comes after `MOST` characters, and says so once.

    In the kernel itself: a notebook that prints a gigabyte would fill its own queue, the process
    that listens and the file.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]
        self._left, self._unsent = MOST, False

    @property
    def write(self) -> Callable[[str], int]:
        """Write what there is still room for."""
        return self._write

    @write.setter
    def write(self, other: object) -> None:
        """Stay as it is: IPython would put a method here that keeps everything in its history."""

    def _write(self, string: str) -> int:
        room, self._left = self._left, self._left - len(string)
        if self._left >= 0:
            super().write(string)
        elif room >= 0:
            super().write(f"{string[:room]}\n… {MOST:,} characters; the rest was not kept.\n")
        self._unsent = True  # after it, as another thread may flush meanwhile
        return len(string)

    def flush(self) -> None:
        """Send what was written since, if anything was: a kernel asks, and waits, thrice a cell."""
        if self._unsent:
            self._unsent = False
            super().flush()  # type: ignore[no-untyped-call]
