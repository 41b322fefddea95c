"""YAML that cannot be read, and the lines of what can."""

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.parameters import compose, lines_of

CASES = {
    "merge conflict": (
        b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> theirs\n",
        "A parameter file holds an unsolved merge conflict",
        "x.yml, line 2",
        "'<<<<<<< HEAD'",
        "one version of these lines",
        "keep what holds and delete the lines that start with <<<<<<<, ======= and >>>>>>>",
    ),
    "the rest of one": (
        b"a: 1\r\n=======\r\n",
        "A parameter file holds an unsolved merge conflict",
        "x.yml, line 2",
        "'======='",
        "one version of these lines",
        "keep what holds and delete the lines that start with <<<<<<<, ======= and >>>>>>>",
    ),
    "a key twice": (
        b"a: 1\nb: 2\na: 3\n",
        "A parameter file cannot be read",
        "x.yml, line 3",
        'duplicate key "a"',
        "each key once",
        "mend x.yml",
    ),
    "a tab": (
        b"a:\n  b: 1\n\tc: 2\n",
        "A parameter file cannot be read",
        "x.yml, line 3",
        "a tab",
        "spaces, as many as in the lines around it",
        "mend x.yml",
    ),
    "other encoding": (
        "a: 1\nb: Größe\n".encode("cp1252"),
        "A parameter file cannot be read",
        "x.yml, line 2",
        "bytes that are not UTF-8",
        "a YAML mapping in UTF-8",
        "mend x.yml",
    ),
    "control characters": (
        b"a: \x07\n",
        "A parameter file cannot be read",
        "x.yml",
        "special characters are not allowed",
        "a YAML mapping in UTF-8",
        "mend x.yml",
    ),
    "two documents": (
        b"a: 1\n---\nb: 2\n",
        "A parameter file cannot be read",
        "x.yml, line 2",
        "another document",
        "a YAML mapping in UTF-8",
        "mend x.yml",
    ),
    "an open quote": (
        b"a: 'b\n",
        "A parameter file cannot be read",
        "x.yml, line 2",
        "unexpected end of stream",
        "a YAML mapping in UTF-8",
        "mend x.yml",
    ),
    "a list": (
        b"- a\n",
        "A parameter file holds no mapping",
        "x.yml",
        "a list",
        "lines of the form 'key: value'",
        "mend x.yml",
    ),
    "a text": (
        b"hello\n",
        "A parameter file holds no mapping",
        "x.yml",
        "'hello'",
        "lines of the form 'key: value'",
        "mend x.yml",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_unreadable(case):
    """What cannot be read is told with its line, what was found and what to do."""
    content, what, where, got, wanted, edit = CASES[case]
    with pytest.raises(ParameterError) as caught:
        compose(content, name="x.yml")
    assert (
        str(caught.value)
        == f"{what}.\n  Where: {where}\n  Got: {got}\n  Wanted: {wanted}\n  Edit: {edit}"
    )


def test_markers_within_a_text_are_no_conflict():
    """Lines of an indented text may look like anything."""
    _, document = compose(b"a: |\n  <<<<<<< HEAD\n  =======\n", name="x.yml")
    assert document == {"a": "<<<<<<< HEAD\n=======\n"}


def test_lines():
    """Each key and each item has its line, within brackets too."""
    node, _ = compose(b"# c\na:\n  - b: 1\n    c: 2\n  - {d: 3,\n     e: 4}\n", name="x.yml")
    assert lines_of(node) == {
        ("a",): 2,
        ("a", "0"): 3,
        ("a", "0", "b"): 3,
        ("a", "0", "c"): 4,
        ("a", "1"): 5,
        ("a", "1", "d"): 5,
        ("a", "1", "e"): 6,
    }


@pytest.mark.parametrize("content", [b"", b"# only\n\n# comments\n"])
def test_nothing(content):
    """A file without content is neither a node nor a document."""
    assert compose(content, name="x.yml") == (None, None)
