"""Changes written into a text: whatever is changed, no comment and no other line is."""

import copy
import datetime as dt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qbr_lib.parameters import compose
from qbr_lib.record.splice import splice

HOUSE = """\
# Protokoll der Runde – bitte nicht löschen
goals:
  - id: revenue-2026-Q4
    title: Grow revenue by 15 % in 2026-Q4
    scope: {team: nord}              # the team, not the group
    target: 2_116_000.00             # the first target
    leading: [leads.created, conversion.win_rate]
    revisions:                       # append only
      - {at: 2026-10-05, by: team lead, value: 2116000, reason: agreed}

      # nachverhandelt im November
      - {at: 2026-11-05, by: 'Jörg', value: 2e6, reason: "zwei \\"große\\" Kunden"}
    verdict: null                    # written by qbr grade

  # das zweite Ziel
  - id: accounts
    title: >-
      Zehn neue
      Kunden
    target: 10
    # kommt noch: verdict

commitments:
  - {id: c1, what: Win-back calls, state: open, evidence: null}   # läuft
  - id: c2
    what: |   # mehrzeilig
      Erste Zeile # kein Kommentar

      dritte Zeile
    state: open

# --- Schluss ---
"""
INDENTLESS = """\
---
commitments:   # without indent
- id: "c1"
  what: 'Anrufe: alle'
  state:   # to be filled
- id: c2
  what: plain text over
    two lines
  state: open    # soon


notes:
- section:    why
  text: |-
    Größe # zählt
      eingerückt
- {section: agenda,
   text: "a, b",   # in brackets
   by: ~,
  }
decisions: [one, "two: 2", three]
ideas: []   # none yet
...
"""
NESTED = """\
{goals: [{id: a, target: 1}, {id: b, target: 2}], # compact
 notes: [], ideas: [x]}
"""
STYLES = {
    "house": HOUSE,
    "indentless": INDENTLESS,
    "compact": NESTED,
    "windows": "\ufeff" + HOUSE.replace("\n", "\r\n"),
    "no last line end": INDENTLESS.removesuffix("\n...\n"),
    "only one list": "ideas:\n    -   wide\n    -   wider   # c\n",
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(min_value=dt.date(1000, 1, 1)),
    st.sampled_from(
        ["open", "null", "2026-10-05", "# no comment", "a: b", "", " x ", "Zürich", "{x}"]
    ),
    st.sampled_from(
        ["zwei\nZeilen", "mit\n\n  Einzug\n", "\n", "  vorn\nhinten ", "x\n\n", "# a\n# b"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12),
    st.text(" \t\r\n#:-?'\"|>&*!%@[]{},äß\x85\u2028\ufeff\x00", max_size=8),
    st.just({"state": "met", "evidence": {"n": 3, "text": "a\nb"}}),
    st.just([1, "zwei", {"drei": None}]),
)


def _paths(document, path=()):
    """Return the way to everything in a document."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from _paths(value, (*path, key))


def _at(document, path):
    for key in path:
        document = document[key]
    return document


def _node(node, path):
    """Return the node at a path."""
    for key in path:
        if isinstance(key, str):
            node = next(value for name, value in node.value if name.value == key)
        else:
            node = node.value[key]
    return node


def _comments(text):
    """Return a text's comments: what stands behind # in none of its values."""
    found = []
    node, _ = compose(text.encode(), name="")
    blocks = [range(n.start_mark.index, n.end_mark.index) for n in _scalars(node)]
    for n, character in enumerate(text):
        if character == "#" and (n == 0 or text[n - 1].isspace()):
            in_value = [r for r in blocks if n in r]
            header = (
                in_value
                and "\n" not in text[in_value[0].start : n]
                and text[in_value[0].start] in "|>"
            )
            if not in_value or header:
                found.append(text[n:].splitlines()[0])
    return [
        comment for n, comment in enumerate(found) if n == 0 or not found[n - 1].endswith(comment)
    ]


def _scalars(node):
    if isinstance(node.value, str):
        return [node]
    children = [
        c for child in node.value for c in (child if isinstance(child, tuple) else (child,))
    ]
    return [scalar for child in children for scalar in _scalars(child)]


def _spliced(text, new):
    node, old = compose(text.encode(), name="")
    changed = splice(text, node, old, new)
    assert compose(changed.encode(), name="")[1] == new
    return changed


def _goal(document):
    return document["goals"][0]


EXAMPLES = {
    "a number among others": (
        HOUSE,
        lambda document: _goal(document).update(target=2000000),
        ("2_116_000.00  ", "2000000  "),
    ),
    "a text that was quoted": (
        HOUSE,
        lambda document: _goal(document)["revisions"][1].update(by="Änne"),
        ("'Jörg'", "'Änne'"),
    ),
    "a folded text": (
        HOUSE,
        lambda document: document["goals"][1].update(title="Zwölf"),
        (">-\n      Zehn neue\n      Kunden", "Zwölf"),
    ),
    "a text behind a bar, with a comment": (
        HOUSE,
        lambda document: document["commitments"][1].update(what="Neu\nund neu\n"),
        ("Erste Zeile # kein Kommentar\n\n      dritte Zeile", "Neu\n      und neu"),
    ),
    "an item below a comment of its own": (
        HOUSE,
        lambda document: document["goals"].append({"id": "neu"}),
        ("    # kommt noch: verdict\n", "    # kommt noch: verdict\n  - id: neu\n"),
    ),
    "an item above blank lines and the next section": (
        INDENTLESS,
        lambda document: document["commitments"].append({"id": "c3"}),
        ("# soon\n", "# soon\n- id: c3\n"),
    ),
    "an empty value with a comment": (
        INDENTLESS,
        lambda document: document["commitments"][0].update(state="open"),
        ("state:   # to", "state: open   # to"),
    ),
    "an empty list with a comment": (
        INDENTLESS,
        lambda document: document.update(ideas=["one"]),
        ("ideas: []   # none yet\n", "ideas:   # none yet\n  - one\n"),
    ),
    "a key within brackets of several lines": (
        INDENTLESS,
        lambda document: document["notes"][1].update(at=dt.date(2026, 10, 5)),
        ("by: ~,", "by: ~, at: 2026-10-05,"),
    ),
    "an item at the front": (
        INDENTLESS,
        lambda document: document["commitments"].insert(0, {"id": "c0"}),
        ('- id: "c1"', '- id: c0\n- id: "c1"'),
    ),
    "an item that goes": (
        HOUSE,
        lambda document: document["commitments"].pop(0),
        ("  - {id: c1, what: Win-back calls, state: open, evidence: null}   # läuft\n", ""),
    ),
    "within brackets": (
        NESTED,
        lambda document: document["goals"][1].update(target=[1, "a, b"]),
        ("target: 2", "target: [1, 'a, b']"),
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_to_the_letter(example, newline):
    """Exactly what was changed is changed, in the file's own line ends."""
    text, change, (before, after) = EXAMPLES[example]
    given = text.replace("\n", newline)
    new = copy.deepcopy(compose(given.encode(), name="")[1])
    change(new)
    assert text.count(before) == 1
    assert _spliced(given, new) == text.replace(before, after).replace("\n", newline)


def _subsequence(few, many):
    rest = iter(many)
    return all(line in rest for line in few)


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_one_value_changed(style, data):
    """A value is replaced: all comments stay, and every line that it does not stand on."""
    text = STYLES[style]
    node, old = compose(text.encode(), name="")
    path = data.draw(st.sampled_from(list(_paths(old))))
    new, value = copy.deepcopy(old), data.draw(VALUES)
    assume(isinstance(_at(old, path), str) or not (isinstance(value, str) and "\n" in value))
    _at(new, path[:-1])[path[-1]] = value
    changed = _spliced(text, new)
    touched = _node(node, path)
    first, last = touched.start_mark.line, touched.end_mark.line
    if isinstance(touched.value, str):
        assert _comments(changed) == _comments(text)
    before = text.splitlines(keepends=True)
    others = before[: max(first - 1, 0)] + before[last + 1 :]
    assert _subsequence(others, changed.splitlines(keepends=True))


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_entries_added(style, data):
    """An entry is added anywhere: nothing that was there moves out of order or changes."""
    text = STYLES[style]
    node, old = compose(text.encode(), name="")
    new = copy.deepcopy(old)
    places = [(), *(path for path in _paths(old) if isinstance(_at(old, path), (dict, list)))]
    path = data.draw(st.sampled_from(places))
    target, value = _at(new, path), data.draw(VALUES)
    if isinstance(target, dict):
        target.insert(data.draw(st.integers(0, len(target))), "added", value)
    else:
        target.insert(data.draw(st.integers(0, len(target))), value)
    changed = _spliced(text, new)
    assert _comments(changed) == _comments(text)
    if not _node(node, path).flow_style:
        assert _subsequence(text.splitlines(), changed.splitlines())


@pytest.mark.parametrize("style", STYLES)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_entries_removed(style, data):
    """An entry is removed (but a first key behind a dash): all other lines stay as they are."""
    text = STYLES[style]
    node, old = compose(text.encode(), name="")
    new = copy.deepcopy(old)
    removable = [
        path
        for path in _paths(old)
        if len(_at(old, path[:-1])) > 1
        and not (path[1:] and path[-1] == next(iter(_at(old, path[:-1]))))
    ]
    path = data.draw(st.sampled_from(removable or [()]))
    if not path:
        return
    within = _node(node, path[:-1]).flow_style
    assume(not (within and len(path) == 1))  # a whole document in brackets is laid out anew
    del _at(new, path[:-1])[path[-1]]
    changed = _spliced(text, new).splitlines()
    gone = len(text.splitlines()) - len(changed)
    assert within or (gone > 0 and _subsequence(changed, text.splitlines()))
