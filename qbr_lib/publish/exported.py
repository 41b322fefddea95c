"""What a notebook shows, as HTML; slow to import, and only where pages are made."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode

from qbr_lib.publish.safe import NEXT

_TEMPLATES = Path(__file__).parent / "templates"
_DROPPED = ("parameters", "injected-parameters", "remove-cell", "hide-output")


def outputs(notebook: NotebookNode) -> str:
    """Return the outputs and the Markdown that a reader is shown, one after another."""
    return str(_exporter().from_notebook_node(notebook)[0])


class _Exporter(HTMLExporter):
    """Fills the template, without nbconvert's own pass over a page that is parsed here anyway."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **given: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page that the template makes, and what it was made with."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **given)


@functools.cache
def _exporter() -> _Exporter:
    """Return the exporter, without passes over code and sources, which no page shows."""
    exporter = _Exporter(  # type: ignore[no-untyped-call]
        template_name="qbr",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_anchor_links=True,
        default_preprocessors=[],
    )
    exporter.environment.globals |= {"dropped": _DROPPED, "next": NEXT}
    return exporter
