"""Work that can wait until a person has paused: each new call takes the place of the last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PAUSE = 0.25  # seconds


class Later:
    """Calls what it was given last, a pause after that; at once where no event loop runs."""

    def __init__(self) -> None:
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self, work: Callable[[], None]) -> None:
        """Call it after a pause in which nothing else is given."""
        if self._waiting is not None:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            work()
            return
        self._waiting = loop.call_later(PAUSE, work)
