"""Changes to a YAML document, written into its text: every other character stays as it was."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import ScalarString

Edit = tuple[int, int, str]  # from and to in the text, and what stands there instead
_COMMENT = re.compile(r"(?:\r?\n *)*\r?\n( *)#[^\r\n]*")
_LINE_END = re.compile(r"\r?\n")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK_HEADER = re.compile(r"[|>][-+\d]*([ \t]+#[^\r\n]*)?")


class _Representer(RoundTripRepresenter):
    """Writes nothing as `null`, texts of several lines after a bar, and a day in full each time."""

    def ignore_aliases(self, data: Any) -> bool:
        """Say that a day is written out, even where the same one was written before."""
        return isinstance(data, dt.date) or bool(super().ignore_aliases(data))


def _text(writer: _Representer, value: str) -> Any:
    style = getattr(value, "style", None)
    if _ODD.search(value) or not value.strip() or value.startswith(("?", ":", "-")):
        style = '"'  # what other styles would break, or brackets not read back
    elif "\n" in value:
        style = '"' if value.endswith("\n\n") else "|"
    elif style in ("|", ">"):
        style = None
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


for _kind in (str, *ScalarString.__subclasses__()):
    _Representer.add_representer(_kind, _text)
_Representer.add_representer(
    type(None), lambda writer, _: writer.represent_scalar("tag:yaml.org,2002:null", "null")
)


def dump(value: Any) -> str:
    """Return a value as YAML text in the house's layout."""
    yaml = YAML(typ="rt")
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 2**20
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def splice(text: str, node: Node | None, old: Any, new: Any) -> str:
    """Return the text with what differs between two versions of its document written into it.

    Parameters
    ----------
    text : str
        The file.
    node, old : Node, document
        What `compose` read from it; None where it holds nothing but comments.
    new : document
        A changed copy of `old`.

    Raises
    ------
    ValueError
        If the text does not allow it; some unusual YAML (anchors, merge keys) may also give a
        text that does not read as `new`, so the caller compares.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    if node is None or old is None:
        between = "" if text.endswith("\n") or not text else newline
        return text + between + dump(new).replace("\n", newline)
    edits = list(_Place(text, node, -1, 0, flow=False, item=False).edits(old, new))
    ordered = sorted(enumerate(edits), key=lambda pair: (pair[1][0], pair[0]), reverse=True)
    for _, (start, end, piece) in ordered:
        text = text[:start] + piece.replace("\n", newline) + text[end:]
    return text


@dataclass(frozen=True)
class _Place:
    """A node in the text.

    Parameters
    ----------
    after : int
        Where its key (with the colon) or its dash ends.
    column : int
        Of its key or dash.
    flow, item : bool
        Whether it stands within brackets; whether it follows a dash, not a key.
    """

    text: str
    node: Node
    after: int
    column: int
    flow: bool
    item: bool

    @property
    def start(self) -> int:
        """The first character; an empty value's own mark lies beyond the comments after it."""
        return int(self.node.start_mark.index) if self._written else self.after

    @property
    def end(self) -> int:
        """Behind the last character, without the comments and blank lines a mark includes."""
        children = list(self.children)
        if children and not self._bracketed:
            return children[-1].end
        end = int(self.node.end_mark.index) if self._written else self.after
        blocked = isinstance(self.node, ScalarNode) and self.node.style in ("|", ">")
        return len(self.text[:end].rstrip()) if blocked else end

    @property
    def _bracketed(self) -> bool:
        return bool(getattr(self.node, "flow_style", False))

    @property
    def _written(self) -> bool:
        return bool(self.node.start_mark.index < self.node.end_mark.index)

    @property
    def children(self) -> Iterator[_Place]:
        """The values of a mapping or the items of a list."""
        flow = self.flow or self._bracketed
        if isinstance(self.node, MappingNode):
            for key, value in self.node.value:
                after = self.text.index(":", key.end_mark.index) + 1
                yield _Place(self.text, value, after, key.start_mark.column, flow, item=False)
        elif isinstance(self.node, SequenceNode):
            column = self.node.start_mark.column
            for value in self.node.value:
                start = value.start_mark.index
                after = start if flow else self.text.rindex("-", 0, start) + 1
                yield _Place(self.text, value, after, column, flow, item=True)

    def edits(self, old: Any, new: Any) -> Iterator[Edit]:
        """Yield the edits that make the text of `old` one of `new`."""
        if old == new:
            return
        inside = isinstance(self.node, CollectionNode) and old and new
        if inside and isinstance(new, Mapping) and isinstance(old, Mapping):
            found = self._mapping(old, new)
        elif inside and isinstance(new, list) and isinstance(old, list):
            found = self._sequence(old, new)
        else:
            found = self._replaced(new)
        try:
            yield from list(found)
        except ValueError:
            yield from self._replaced(new)

    def _mapping(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Edit]:
        places = dict(zip(old, self.children, strict=True))
        for name, place in places.items():
            if name in new:
                yield from place.edits(old[name], new[name])
            else:
                yield place._removed()
        before = list(places.values())[-1]
        for name, value in new.items():
            if name in places:
                before = places[name]
            else:
                yield before._followed_by({name: value})

    def _sequence(self, old: list[Any], new: list[Any]) -> Iterator[Edit]:
        places = list(self.children)
        matcher = SequenceMatcher(None, [*map(repr, old)], [*map(repr, new)], autojunk=False)
        for tag, i, i_end, j, j_end in matcher.get_opcodes():
            if tag == "equal":
                continue
            common = min(i_end - i, j_end - j)
            for place, before, after in zip(places[i:], old[i:], new[j : j + common], strict=False):
                yield from place.edits(before, after)
            for place in places[i + common : i_end]:
                yield place._removed()
            for value in new[j + common : j_end]:
                if i + common == 0:
                    yield places[0]._preceded_by([value])
                else:
                    yield places[i + common - 1]._followed_by([value])

    def _replaced(self, new: Any) -> Iterator[Edit]:
        """Put a value in another's place; a comment on the line of the key stays on it."""
        if self.after < 0:
            message = "the whole document changes"
            raise ValueError(message)
        first, *rest = self._lines([new] if self.item else {"k": new}, skip=1 if self.item else 2)
        between, end = self.text[self.after : self.start], self.end
        header = _BLOCK_HEADER.match(self.text[self.start : end])
        first += (header and header[1]) or ""
        if "\n" in between:
            yield self.after, self.after, first
            yield (
                self.after + len(between.rstrip(" ").removesuffix("\n").removesuffix("\r")),
                end,
                "",
            )
        elif rest or not (between or (self.flow and self.item)):
            yield self.after, end, first
        else:
            yield self.start, end, first.removeprefix(" ")
        if rest:
            yield self._below(rest, beyond_comments="|" not in first)

    def _removed(self) -> Edit:
        stop = self._line_end(self.end)
        return self._line_start(), self.text.find("\n", stop) + 1 or stop, ""

    def _preceded_by(self, entry: list[Any]) -> Edit:
        if self.flow:
            return self.start, self.start, f"{_inline(entry)}, "
        start = self._line_start()
        return start, start, "".join(f"{line}\n" for line in self._lines(entry))

    def _followed_by(self, entry: Any) -> Edit:
        if self.flow:
            return self.end, self.end, f", {_inline(entry)}"
        return self._below(self._lines(entry))

    def _below(self, lines: list[str], *, beyond_comments: bool = True) -> Edit:
        """Put lines under this entry, and under the comments that are indented deeper than it."""
        stop = self._line_end(self.end)
        while (
            beyond_comments
            and (comment := _COMMENT.match(self.text, stop))
            and len(comment[1]) > self.column
        ):
            stop = comment.end()
        last = "\n" if stop == len(self.text) else ""  # a text behind a bar ends with its line
        return stop, stop, "".join(f"\n{line}" for line in lines) + last

    def _lines(self, entry: Any, *, skip: int = 0) -> list[str]:
        """Return an entry's lines as they stand at this column, the first without its key."""
        if self.flow:
            return [f" {_inline([*entry] if self.item else [*entry.values()])}"]
        margin, indent = " " * self.column, "  " if isinstance(entry, list) else ""
        first, *rest = [
            line.removeprefix(indent) for line in dump(entry).removesuffix("\n").split("\n")
        ]
        lines = [f"{margin}{line}" if line else "" for line in rest]
        return [first[skip:] if skip else margin + first, *lines]

    def _line_start(self) -> int:
        """Return where the line begins, if nothing but this entry is on it.

        Raises
        ------
        ValueError
            If it shares its line: within brackets, or behind a dash.
        """
        start = self.text.rfind("\n", 0, self.after) + 1
        if self.flow or self.text[start : start + self.column].strip():
            message = "the entry shares its line"
            raise ValueError(message)
        return start

    def _line_end(self, position: int) -> int:
        found = _LINE_END.search(self.text, position)
        return found.start() if found else len(self.text)


def _inline(entry: Any) -> str:
    """Return the entries of a mapping or list as they stand within brackets."""
    inside = (CommentedMap if isinstance(entry, Mapping) else CommentedSeq)(entry)
    inside.fa.set_flow_style()
    return dump(inside).strip()[1:-1]
