"""Work that waits for a pause."""

import asyncio

from qbr_lib.controls import later


def test_at_once_without_a_loop():
    """A script or a test waits for nobody."""
    done = []
    later.Later()(lambda: done.append(1))
    assert done == [1]


def test_only_the_last_is_done_after_the_pause(monkeypatch):
    """While something else comes nothing is done; then what came last."""
    monkeypatch.setattr(later, "PAUSE", 0.01)
    done, waiting = [], later.Later()

    async def moves():
        for number in range(3):
            waiting(lambda number=number: done.append(number))
        assert done == []
        await asyncio.sleep(0.05)

    asyncio.run(moves())
    assert done == [2]
