"""YAML text as nodes that know their line, and what is told where it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node

from qbr_lib.errors import ParameterError

Lines = Mapping[tuple[str, ...], int]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OTHERWISE = re.compile("[\t\x85\u2028\u2029\ufeff]")  # where the two readers differ
_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?![<|=>]).*$", re.MULTILINE)


def read_yaml(path: Path) -> tuple[dict[str, Any], Lines]:
    """Read a YAML mapping and the line of each of its keys and items.

    Raises
    ------
    ParameterError
        If the file is no YAML mapping or no UTF-8.
    """
    node, document = compose(path.read_bytes(), name=path.name)
    if node is None or document is None:
        raise _no_mapping("nothing", path.name)
    return _plain(document), lines_of(node)


def compose(content: bytes, *, name: str) -> tuple[Node | None, Any]:
    """Read YAML once, as nodes that know their place in the text and as a round-trip document.

    Both are None where there is nothing but comments.

    Raises
    ------
    ParameterError
        If it is no YAML mapping or no UTF-8, holds a key twice or a merge conflict.
    """
    try:
        text = content.decode("utf-8")
        if conflict := _CONFLICT.search(text):
            raise _merge_conflict(conflict, name)
        reader = YAML(typ="rt")
        reader.preserve_quotes = True
        node = reader.compose(text)
        document = None if node is None else reader.constructor.construct_document(node)
    except (YAMLError, UnicodeDecodeError) as err:
        raise _unreadable(err, name) from err
    if document is not None and not isinstance(document, Mapping):
        raise _no_mapping("a list" if isinstance(document, list) else repr(document), name)
    return node, document


def nodes(content: bytes, *, name: str) -> Any:
    """Read YAML as its nodes alone, whose values are the text as written.

    libyaml takes a twentieth of the time. What it refuses, and what it reads otherwise than ruamel,
    is left to `compose`, whose errors are the same.

    Raises
    ------
    ParameterError
        As `compose` does.
    """
    with suppress(yaml.YAMLError, UnicodeDecodeError):
        text = content.decode("utf-8")
        node: Any = yaml.compose(text, Loader=_LOADER)
        if not _OTHERWISE.search(text) and not _CONFLICT.search(text) and _sound(node):
            return node
    return compose(content, name=name)[0]


def _sound(node: Any) -> bool:
    """Tell whether a document is nothing, or a mapping of plain keys, none twice or merged."""

    def once(current: Any) -> bool:
        if current.id == "mapping":
            keys = [str(key.value) for key, _ in current.value if key.id == "scalar"]
            own = len({*keys} - {"<<"}) == len(current.value)
            return own and all(once(one) for _, one in current.value)
        return current.id == "scalar" or all(map(once, current.value))

    return node is None or (node.id == "mapping" and once(node))


def lines_of(node: Any) -> Lines:
    """Return the line of each key and item under a node, by its path of keys and positions."""
    lines: dict[tuple[str, ...], int] = {}

    def walk(current: Any, path: tuple[str, ...]) -> None:
        children: list[tuple[str, Any, Any]] = []
        if current.id == "mapping":
            children = [(str(key.value), key, value) for key, value in current.value]
        elif current.id == "sequence":
            children = [(str(n), item, item) for n, item in enumerate(current.value)]
        for name, place, child in children:
            lines[(*path, name)] = place.start_mark.line + 1
            walk(child, (*path, name))

    walk(node, ())
    return lines


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def _unreadable(err: YAMLError | UnicodeDecodeError, name: str) -> ParameterError:
    mark = getattr(err, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    problem = getattr(err, "problem", None) or getattr(err, "reason", None) or str(err)
    got, wanted = re.sub("^(but )?found ", "", problem), "a YAML mapping in UTF-8"
    if isinstance(err, UnicodeDecodeError):
        line, got = len(err.object[: err.start].split(b"\n")), "bytes that are not UTF-8"
    elif isinstance(err, DuplicateKeyError):
        got, wanted = got.partition(" with value")[0], "each key once"
    elif "'\\t'" in got:
        got, wanted = "a tab", "spaces, as many as in the lines around it"
    return ParameterError(
        "A parameter file cannot be read",
        where=f"{name}, line {line}" if line else name,
        got=got,
        wanted=wanted,
        edit=f"mend {name}",
    )


def _merge_conflict(found: re.Match[str], name: str) -> ParameterError:
    return ParameterError(
        "A parameter file holds an unsolved merge conflict",
        where=f"{name}, line {found.string[: found.start()].count(chr(10)) + 1}",
        got=repr(found[0].rstrip()),
        wanted="one version of these lines",
        edit="keep what holds and delete the lines that start with <<<<<<<, ======= and >>>>>>>",
    )


def _no_mapping(got: str, name: str) -> ParameterError:
    return ParameterError(
        "A parameter file holds no mapping",
        where=name,
        got=got,
        wanted="lines of the form 'key: value'",
        edit=f"mend {name}",
    )
