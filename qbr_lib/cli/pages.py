"""Hands executed notebooks and manifests to `publish`."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from qbr_lib.results import Result
from qbr_lib.run import Plan, Workbook


def page(notebook: NotebookNode, result: Result, workbook: Workbook) -> str:
    """Return a workbook's page."""
    raise NotImplementedError


def write_index(plan: Plan) -> Path:
    """Write the quarter's index and return its path."""
    raise NotImplementedError
