"""YAML that cannot be read, and the lines of what can."""

import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qbr_lib.errors import ParameterError
from qbr_lib.parameters import compose, lines_of, nodes

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


@pytest.mark.parametrize("read", [compose, nodes])
@pytest.mark.parametrize("case", CASES)
def test_unreadable(case, read):
    """What cannot be read is told with its line, what was found and what to do."""
    content, what, where, got, wanted, edit = CASES[case]
    with pytest.raises(ParameterError) as caught:
        read(content, name="x.yml")
    assert (
        str(caught.value)
        == f"{what}.\n  Where: {where}\n  Got: {got}\n  Wanted: {wanted}\n  Edit: {edit}"
    )


def test_markers_within_a_text_are_no_conflict():
    """Lines of an indented text may look like anything."""
    _, document = compose(b"a: |\n  <<<<<<< HEAD\n  =======\n", name="x.yml")
    assert document == {"a": "<<<<<<< HEAD\n=======\n"}


@pytest.mark.parametrize("read", [lambda *given, **named: compose(*given, **named)[0], nodes])
def test_lines(read):
    """Each key and each item has its line, within brackets too."""
    node = read(b"# c\na:\n  - b: 1\n    c: 2\n  - {d: 3,\n     e: 4}\n", name="x.yml")
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
    assert nodes(content, name="x.yml") is None


PIECES = ["a", "b: ", "- ", "\n", "\n  ", "\n  - ", "'", '"', " #", ">", "|-", "~", "yes", "0o7"]
PIECES += ["2026-10-05", "{", "}", "[", "]", ", ", "&x ", "*x", "<<: ", "? ", "!t ", "\\n", "\t"]
PIECES += ["ä", "😀", "\u2028", "\x85", "\ufeff", "---", "\r\n", ": "]


@settings(max_examples=2000, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example(text="a: >\n  b\n  c\nd: 'e'\n")
@example(text="a:\u2028b: c\n")
@example(text="a: 1\n<<: {b: 2}\n")
@example(text="? [a]\n: b\n")
def test_both_readers_agree(text):
    """What ruamel reads, its nodes and those of libyaml give as the same texts and lines."""
    with warnings.catch_warnings(action="ignore"):  # of anchors that are not used
        try:
            slow = compose(text.encode(), name="x.yml")[0]
        except ParameterError:
            return
        except (AttributeError, TypeError, RecursionError, NotImplementedError):
            return  # ruamel's own faults
        quick = nodes(text.encode(), name="x.yml")
    assert (slow is None) == (quick is None)
    if slow is not None:
        assert plain(quick) == plain(slow)
        assert lines_of(quick) == lines_of(slow)


def plain(node):
    """Return the texts of a node; ruamel marks where it folded a line."""
    if node.id == "mapping":
        return [(plain(key), plain(value)) for key, value in node.value]
    if node.id == "sequence":
        return [plain(one) for one in node.value]
    return node.value.replace("\a", "")
