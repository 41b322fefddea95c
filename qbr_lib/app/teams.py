"""Which teams are served: a notebook of each with its parameters, and the pages around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import nbformat
from jinja2.utils import htmlsafe_json_dumps
from nbformat import NotebookNode
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.publish.page import body, frame
from qbr_lib.run import Plan, Workbook, reasons
from qbr_lib.run.workbook import translated
from qbr_lib.words import Words, in_language
from qbr_lib.words.names import inline, isolated

TEAMS = "/teams/"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_SCRIPT = '<script type="application/vnd.voila.cell-output+json">'
_HERE = "<!-- here -->"
_STYLE = (Path(__file__).parent / "templates" / "app.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Served:
    """The teams of one process.

    Parameters
    ----------
    plan : Plan
        Goals alone, of these teams alone.
    folder : Path
        Where their notebooks are written; nothing else stands in it.
    """

    plan: Plan
    folder: Path

    @property
    def books(self) -> Mapping[str, Workbook]:
        """The workbooks by the last part of their address."""
        return {book.folder: book for book in self.plan.workbooks}

    @property
    def words(self) -> Words:
        """The organisation's language."""
        return in_language(self.plan.workspace.organisation.language)

    def write(self) -> None:
        """Write each team's notebook with its parameters, as a run hands them over."""
        for name, book in self.books.items():
            source = load_notebook_node(translated(book))  # which gives every cell its tags
            notebook = parameterize_notebook(source, dict(book.parameters))
            notebook.metadata["kernelspec"] = dict(_KERNEL)
            nbformat.write(notebook, self.folder / f"{name}.ipynb")  # type: ignore[no-untyped-call]

    def listed(self) -> str:
        """Return the first page: each team with the way to its goals."""
        words, quarter = self.words, str(self.plan.quarter.next)
        formats = Formats(words, self.plan.workspace.organisation.currency)
        title = words.say("Set the goals for {quarter}", quarter=quarter)
        parts = []
        for group, books in groupby(self.plan.workbooks, key=lambda book: book.group):
            links = "".join(
                f'<li><a href="{TEAMS}{quote(book.folder)}">{inline(book.name)}</a></li>'
                for book in books
            )
            head = f'<h2 class="small">{inline(group)}</h2>' if group else ""
            parts.append(f'{head}<ul class="qbr-teams">{links}</ul>')
        lead = words.say(
            "Choose a team. Its goals open with sliders; only “{record}” writes what was agreed, "
            "with who and why.",
            record=words.say("Record"),
        )
        line = words.say("as of {day}", day=formats.day_long(self.plan.as_of))
        head = _head(self.plan.workspace.organisation.company, title, line)
        inside = f'<p class="lead">{escape(lead)}</p>{"".join(parts)}'
        return self._framed(head + _main(inside), title, words, home=True)

    def refused(self, status: int) -> str:
        """Return the page of a request that gets nothing else."""
        words = self.words
        if status == 403:
            title = words.say("This page opens only with its full address")
            text = words.say(
                "Take the address that `qbr app goals` printed when it was started, to its end. "
                "It is another one after each start."
            )
        elif status == 404:
            title = words.say("There is no such page")
            text = words.say("The teams that are open here stand on the first page.")
        else:
            title = words.say("This page cannot be shown")
            text = words.say("Load it again; if that does not help, start `qbr app goals` anew.")
        head = _head("", title, "")
        return self._framed(head + _main(f'<p class="lead">{escape(text)}</p>'), title, words)

    def opening(self, name: str) -> str:
        """Return a team's page up to where its content follows, with what is said meanwhile."""
        book, words = self.books[name], self._words(name)
        quarter = str(self.plan.quarter.next)
        title = words.say("Goals for {quarter}", quarter=quarter)
        wait = words.say("The figures are being put together; that takes some seconds.")
        long = words.say(
            "This takes longer than usual. If nothing appears within two minutes, load the page "
            "again."
        )
        waiting = (
            f'<div id="qbr-waiting" role="status">{_head(book.name, title, wait)}'
            f'<p class="note" id="qbr-long" hidden>{escape(long)}</p></div>'
        )
        whole = self._framed(_HERE, isolated(book.name) + " · " + title, words)
        return whole.partition(_HERE)[0] + waiting

    def inside(self, notebook: NotebookNode, name: str) -> str:
        """Return the content of a team's page, or in a sentence why there is none."""
        words, widgets = self._words(name), {}
        for number, output in enumerate(_outputs(notebook)):
            if _WIDGET in output.get("data", {}):
                mark = f'<div class="qbr-widget" id="widget-{number}"></div>'
                widgets[mark] = htmlsafe_json_dumps({**output, "trusted": True})
                output.data = {"text/html": mark}
        try:
            html = self._failed(notebook, name) or body(notebook, words=words).html
        except QbrError as err:
            html = self._unavailable(name, err.sentence)
        wait = escape(words.say("The sliders are being loaded …"))
        lost = words.say(
            "The connection is lost: nothing more is recorded here. Load the page again; what was "
            "recorded before is kept."
        )
        html += f'<p class="qbr-banner qbr-lost" id="qbr-lost" role="alert" hidden>{lost}</p>'
        for mark, model in widgets.items():
            live = f'<p class="note" role="status">{wait}</p><div>{_SCRIPT}{model}</script></div>'
            html = html.replace(mark, mark.replace("></", f">{live}</"))
        return html

    def closing(self, name: str) -> str:
        """Return the end of a team's page."""
        return self._framed(_HERE, "", self._words(name)).partition(_HERE)[2]

    def _failed(self, notebook: NotebookNode, name: str) -> str:
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    number, words = cell.execution_count, self._words(name)
                    reason = reasons.cell(output.ename, output.evalue, number, words)
                    return self._unavailable(name, reason)
        return ""

    def _unavailable(self, name: str, reason: str) -> str:
        words = self._words(name)
        title = words.say("The goals cannot be shown")
        inside = f'<p class="qbr-unavailable">{inline(reason)}</p>'
        return _head(self.books[name].name, title, "") + _main(inside)

    def _words(self, name: str) -> Words:
        return in_language(self.books[name].parameters["language"])

    def _framed(self, inside: str, title: str, words: Words, *, home: bool = False) -> str:
        return frame(
            f"<style>{_STYLE}</style>{inside}",
            title=title,
            organisation=self.plan.workspace.organisation.company,
            words=words,
            siblings=[(words.say("Teams"), "/", home)],
            policy="",
        )


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _head(team: str, title: str, line: str) -> str:
    return (
        f'<header class="qbr-head"><p class="team">{inline(team)}</p><div>'
        f'<h1>{inline(title)}</h1><p class="line">{inline(line)}</p></div></header>'
    )


def _main(inside: str) -> str:
    return f'<div class="body"><div></div><main id="main">{inside}</main></div>'
