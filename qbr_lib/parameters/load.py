"""YAML into models; what does not fit is refused with the line it stands on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from qbr_lib.errors import ParameterError, nearest
from qbr_lib.parameters.document import Lines, read_yaml
from qbr_lib.parameters.models import PEOPLE_MODES, Organisation, Privacy, TeamFile
from qbr_lib.parameters.workspace import Workspace

M = TypeVar("M", bound=BaseModel)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_OVERRIDES = "run parameter 'overrides'"
_SAMPLE = Organisation(company="Muster Messtechnik", privacy={"people": "named"}, language="en")


def load_workspace(root: Path | str = ".", overrides: Mapping[str, Any] | None = None) -> Workspace:
    """Read a workspace's `parameters/org.yml`, with the run's overrides on top.

    Parameters
    ----------
    root : path
        The folder; without `parameters/org.yml` it holds the sample organisation. Empty: as
        `home` says.
    overrides : mapping
        Keys of `org.yml` that this run or team replaces; nested mappings are merged.

    Raises
    ------
    ParameterError
        If the folder is absent, a key is unknown or a value is refused.
    """
    folder = Path(root).expanduser().resolve() if str(root) else home()
    if not folder.is_dir():
        raise ParameterError(
            "The workspace does not exist",
            where=str(root),
            got="no folder of this name",
            wanted="a folder with parameters/org.yml",
            edit="give --workspace an existing folder",
        )
    path = folder / "parameters" / "org.yml"
    data, lines = read_yaml(path) if path.is_file() else (_SAMPLE.model_dump(), {})
    own = parse(Organisation, data, path=path, lines=lines)
    if not overrides:
        return Workspace(folder, own)
    run = parse(Organisation, _merge(data, overrides), path=path, lines={}, name=_OVERRIDES)
    _refuse_more_open(own.privacy, run.privacy)
    return Workspace(folder, run)


def _refuse_more_open(own: Privacy, run: Privacy) -> None:
    """Let a team or run show less of people than the organisation does, never more."""
    if PEOPLE_MODES.index(run.people) > PEOPLE_MODES.index(own.people):
        name, got, wanted = "people", f"'{run.people}'", f"'{own.people}' or less"
    elif run.minimum_group < own.minimum_group:
        name, got, wanted = "minimum_group", str(run.minimum_group), f"{own.minimum_group} or more"
    else:
        return
    raise ParameterError(
        "An override shows more of people than the organisation does",
        where=f"overrides, 'privacy.{name}'",
        got=got,
        wanted=wanted,
        edit="change 'privacy' in org.yml, for everyone",
    )


def home() -> Path:
    """Return the workspace one stands in (or in its `notebooks/`), else the package's project."""
    here, project = Path.cwd(), Path(__file__).resolve().parents[2]
    for folder in (here, here.parent, project):
        if (folder / "parameters" / "org.yml").is_file():
            return folder
    return here


def load_team(path: Path) -> TeamFile:
    """Read a team file: exactly `team`, `language`, `overrides`."""
    data, lines = read_yaml(path)
    return parse(TeamFile, data, path=path, lines=lines)


def fill_secrets(text: str, *, where: str) -> str:
    """Replace `${NAME}` by the environment's value, at the moment a source is opened.

    Raises
    ------
    ParameterError
        If the environment has no such value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise ParameterError(
                "A value from the environment is missing",
                where=where,
                got=f"no variable {match[1]}",
                wanted=f"{match[1]} set in the environment of the command",
                edit=f"export {match[1]} before the run",
            )
        return os.environ[match[1]]

    return _VARIABLE.sub(value, text)


def parse(
    model: type[M], data: Mapping[str, Any], *, path: Path, lines: Lines, name: str = ""
) -> M:
    """Check data against a model; the first fault is told with its line.

    `name` is what messages call the file, where its own name does not tell which one it is. A
    validator's error may carry `at`, the rest of the way to the fault, and `got`.

    Raises
    ------
    ParameterError
        With the nearest legal name for an unknown key.
    """
    try:
        return model.model_validate(data)
    except ValidationError as err:
        faults = err.errors()  # a misspelt key is also a missing one: the spelling is told
        fault = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
        raise _refused(model, fault, name=name or path.name, lines=lines) from err


def _refused(model: type[M], fault: ErrorDetails, *, name: str, lines: Lines) -> ParameterError:
    details = fault.get("ctx", {})
    location = tuple(str(part) for part in (*fault["loc"], *details.get("at", ())))
    line = next(
        (lines[location[:n]] for n in range(len(location), 0, -1) if location[:n] in lines), 0
    )
    where = f"{name}, line {line}" if line else name
    dotted = ".".join(location)
    if fault["type"] == "extra_forbidden":
        return ParameterError(
            "A parameter is unknown",
            where=where,
            got=f"'{dotted}'",
            wanted=nearest(location[-1], _fields_at(model, location[:-1])),
            edit=f"rename or delete '{dotted}'",
        )
    missing = fault["type"] == "missing"
    return ParameterError(
        "A parameter is missing" if missing else "A parameter is refused",
        where=f"{where}, '{dotted}'" if dotted else where,
        got="nothing" if missing else repr(details.get("got", fault["input"]))[:120],
        wanted="a value" if missing else _wanted(fault["msg"]),
        edit=f"{'add' if missing else 'change'} '{dotted}' in {name}" if dotted else f"mend {name}",
    )


def _wanted(message: str) -> str:
    plain = message.removeprefix("Value error, ").partition(", unable to")[0]
    plain = plain.replace("valid tuple", "valid list")
    return re.sub(r"valid dictionary( or instance of \w+)?", "mapping of keys to values", plain)


def _fields_at(model: type[BaseModel], location: tuple[str, ...]) -> list[str]:
    current: Any = model
    for part in location:
        field = current.model_fields.get(part) if hasattr(current, "model_fields") else None
        if field is None:
            continue
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        current = next((k for k in kinds if hasattr(k, "model_fields")), current)
    return [field.alias or name for name, field in current.model_fields.items()]


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
        )
    return merged
