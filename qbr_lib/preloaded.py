"""What the process does first that others are forked from: it imports this before all else.

It stands outside `run`, whose own import is part of what takes so long.
"""

import atexit
import gc
import os

ASKED = "QBR_FORKS"  # set for the start of that process alone; else, to import this does nothing


def _leave(server: int) -> None:
    """End without taking down what was imported, which takes half a second."""
    if os.getpid() == server:  # what is forked from it calls this too
        os._exit(0)


if os.environ.pop(ASKED, ""):
    gc.disable()  # what is imported stays; a collector would walk it again and again
    atexit.register(_leave, os.getpid())
