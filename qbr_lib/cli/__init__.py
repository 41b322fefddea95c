"""The command `qbr`: wiring only."""

from qbr_lib.cli.commands import app, main

__all__ = ["app", "main"]
