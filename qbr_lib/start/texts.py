"""The files of a workspace that are text: templates filled in one language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2

from qbr_lib.words import Words

TEMPLATES = Path(__file__).parent / "templates"


def written(value: Any) -> str:
    """Return a value as YAML on one line."""
    return json.dumps(value, ensure_ascii=False)


def render(name: str, words: Words, **parts: Any) -> str:
    """Return a template's text in a language; `say` in it takes the message's parts."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,  # Markdown and YAML; values go through `written`
        keep_trailing_newline=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["written"] = written
    return environment.get_template(f"{name}.j2").render(say=words.say, **parts)
