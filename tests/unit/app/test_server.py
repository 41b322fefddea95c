"""What the process that serves the goals tells the person who started it."""

import asyncio
import logging

from tornado.websocket import WebSocketClosedError

from qbr_lib.app import server


def test_a_page_that_was_closed_is_no_news(caplog):
    """Any other fault of the loop is told."""
    loop = asyncio.new_event_loop()
    try:
        for fault in (WebSocketClosedError(), ValueError("broken")):
            server._unless_left(loop, {"message": "never retrieved", "exception": fault})
    finally:
        loop.close()
    assert [type(one.exc_info[1]) for one in caplog.records] == [ValueError]
    assert caplog.records[0].levelno == logging.ERROR
