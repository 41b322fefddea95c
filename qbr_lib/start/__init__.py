"""The way to a first run: a workspace made from an export, and what is to be done next."""

from qbr_lib.start.asked import Asked
from qbr_lib.start.steps import after_check, after_init, after_refusal
from qbr_lib.start.workspace import Made, make

__all__ = ["Asked", "Made", "after_check", "after_init", "after_refusal", "make"]
