"""The text of `parameters/org.yml`: how it begins, and how it is completed from an export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qbr_lib.formats import Formats
from qbr_lib.parameters import UNDECIDED
from qbr_lib.start.export import Proposal, Statement
from qbr_lib.start.texts import render, written

KEYS = ("encoding", "delimiter", "decimal", "thousands", "date_formats")
_ADDRESSES = {
    "salesforce": "https://YOURS.lightning.force.com/lightning/r/Opportunity/{opportunity_id}/view",
    "hubspot": "https://app.hubspot.com/contacts/PORTAL/record/0-3/{opportunity_id}",
    "dynamics": "https://YOURS.crm4.dynamics.com/main.aspx?etn=opportunity&pagetype=entityrecord"
    "&id={opportunity_id}",
    "pipedrive": "https://YOURS.pipedrive.com/deal/{opportunity_id}",
}


def compose(name: str, crm: str, path: str, proposal: Proposal | None, formats: Formats) -> str:
    """Return the whole file; without a proposal the formats stand as undecided."""
    blocks = _blocks(proposal, formats).values() if proposal else []
    return render(
        "org.yml",
        formats.words,
        company=name,
        crm=crm,
        currency=formats.currency,
        language=formats.words.language,
        path=path,
        formats="".join(f"{line}\n" for block in blocks for line in block),
        undecided=None if proposal else UNDECIDED,
        address=_ADDRESSES.get(crm),
    )


def complete(text: str, path: str, proposal: Proposal, formats: Formats) -> str:
    """Return a file with what was undecided filled in; every other line stays as it is.

    The export's path is taken over where the formats had not been read from any.
    """
    blocks = _blocks(proposal, formats)
    if not any(re.search(rf"(?m)^  {key}:", text) for key in KEYS[1:]):
        text = re.sub(r'(?m)^  path: ".*"', f"  path: {written(path)}".replace("\\", r"\\"), text)
    absent = [key for key in blocks if not re.search(rf"(?m)^  {key}:", text)]
    for key in KEYS:
        place = re.compile(rf"(?m)^(?:  #.*\n)*  {key}: {UNDECIDED}\n")
        if place.search(text):
            chosen = [*blocks.get(key, []), *(line for name in absent for line in blocks[name])]
            new, absent = "".join(f"{line}\n" for line in chosen), []
            text = place.sub(new.replace("\\", r"\\"), text, count=1)
    return text


def undecided(source: Any) -> list[str]:
    """Return the keys of a source, as `org.yml` holds it, that wait for a choice."""
    options = [source, *(source.get("files") or {}).values()]
    return [key for key in KEYS if any(part.get(key) == UNDECIDED for part in options)]


def _blocks(proposal: Proposal, formats: Formats) -> dict[str, list[str]]:
    """Return the lines of each key, comments first."""
    blocks = {one.key: list(_lines(one, formats, "  ")) for one in proposal.statements}
    if proposal.files:
        blocks["files"] = ["  files:"]
    for stem, statements in proposal.files.items():
        blocks["files"].append(f"    {written(stem)}:")
        blocks["files"] += [line for one in statements for line in _lines(one, formats, "      ")]
    return blocks


def _lines(one: Statement, formats: Formats, indent: str) -> Iterator[str]:
    for comment in _comments(one, formats):
        yield f"{indent}# {comment}"
    yield f"{indent}{one.key}: {_written(one.value)}"


def _comments(one: Statement, formats: Formats) -> Iterator[str]:
    say, shown = formats.words.say, one.shown
    texts = {"file": one.file, "column": shown.column, "example": shown.example}
    known = {name: " ".join(text.split()) for name, text in texts.items()}
    if one.value == UNDECIDED:
        if shown.column:
            yield say("{file} allows several readings, as in {column}: {example}", **known)
        else:
            yield say("the letters of {file} make no words in any usual encoding", **known)
        yield say("Write the one that is right instead of undecided:")
        for choice in one.choices:
            yield "  " + "  ".join(f"{key}: {_written(value)}" for key, value in choice.items())
    elif shown.column:
        yield formats.words.count(
            "read from {cells} cell of {column} in {file}: {example}",
            "read from {cells} cells of {column} in {file}: {example}",
            shown.cells,
            cells=formats.count(shown.cells),
            **known,
        )
    elif shown.example:
        yield say("read from the letters of {file}: {example}", **known)
    else:
        yield say("read from {file}", **known)


def _written(value: Any) -> str:
    plain = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", value)
    return value if plain else written(value)
