"""German and English are both complete: every text of the project has its German."""

import ast
import re
import string
from pathlib import Path

import pytest

import qbr_lib
from qbr_lib.measures import REGISTRY
from qbr_lib.words import extract

GATHERED = extract.gather()
GERMAN = extract.read("de")


def _texts(value):
    return value if isinstance(value, (tuple, list)) else (value,)


def _fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_something_is_gathered():
    """The gathering finds code, templates and notebooks, so that the other tests mean something."""
    places = {place for message in GATHERED for place, _ in message.locations}
    assert any(place.endswith(".py") for place in places)
    assert any(place.endswith(".ipynb") for place in places)


def _said(path):
    """Yield every text that a module says by itself, wherever the call stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            text = node.args[0].value
            if name in extract.KEYWORDS and isinstance(text, str) and text.strip():
                yield text


def test_every_text_said_is_gathered():
    """The gathering misses calls within f-strings: none may hide there and stay English."""
    package = Path(qbr_lib.__file__).parent
    said = {text for path in package.rglob("*.py") for text in _said(path)}
    assert len(said) > 500
    known = {_texts(message.id)[0] for message in GATHERED}
    assert sorted(said - known) == []


def test_every_text_has_its_german():
    """No text of the project is without a German one, and none is marked as doubtful."""
    missing = [
        message.id
        for message in GATHERED
        if message.id
        and (
            (german := GERMAN.get(message.id)) is None
            or german.fuzzy
            or not all(_texts(german.string))
        )
    ]
    assert missing == []


def test_no_german_is_left_over():
    """The catalogue holds no German for a text that is gone."""
    known = {message.id for message in GATHERED}
    assert [message.id for message in GERMAN if message.id and message.id not in known] == []


def test_braces_agree():
    """The German fills the same braces as the English."""
    wrong = []
    for message in GERMAN:
        if not message.id:
            continue
        english = set().union(*(_fields(text) for text in _texts(message.id) if _braced(text)))
        for text in _texts(message.string):
            if _braced(text) and not _fields(text) <= english | {"n"}:
                wrong.append(message.id)
    assert wrong == []


def _braced(text):
    return re.fullmatch(r"[^{}]*(\{[a-z_]+\}[^{}]*)*", text, re.DOTALL) is not None


@pytest.mark.parametrize("measure_id", REGISTRY)
def test_the_registry_is_translated(measure_id):
    """Each measure's name, formula and rivals have their German."""
    definition = REGISTRY[measure_id]
    for text in filter(None, (definition.name, definition.formula, definition.rivals)):
        assert GERMAN.get(text) is not None
        assert GERMAN.get(text).string
