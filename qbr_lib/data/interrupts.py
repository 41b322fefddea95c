"""Ctrl-C waits where native code is at work, which an exception would make fail or crash."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last one


@contextmanager
def held() -> Iterator[None]:
    """Let an interrupt wait for the end of this; a second one does not.

    DuckDB ends a query that is interrupted with an error of its own, and the writing of Parquet was
    seen to crash. In another thread than the main one no signal arrives, and nothing is held.

    Raises
    ------
    KeyboardInterrupt
        At the end, if an interrupt came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        if came:
            signal.default_int_handler(number, frame)
        came.append(number)

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {one: signal.signal(one, hold) for one in numbers if _interrupts(one)}
    try:
        yield
    except RuntimeError as err:
        if came:
            raise KeyboardInterrupt from err
        raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if came:
        raise KeyboardInterrupt


def _interrupts(number: signal.Signals) -> bool:
    """Tell whether a signal raises an exception as it is; what ends or ignores it may do so."""
    return signal.getsignal(number) is signal.default_int_handler
