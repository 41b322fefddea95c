"""`environment.yml` and `pyproject.toml` name the same packages with the same bounds."""

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]

# Where conda-forge calls a package otherwise than PyPI.
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "duckdb": "python-duckdb",
    "nbconvert": "nbconvert-core",
    "ruamel-yaml": "ruamel.yaml",
}


def _split(requirement):
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement).groups()
    return name.lower(), bounds.replace(" ", "")


def test_same_packages_and_bounds():
    """Each requirement stands in both files with the same bounds, none in one only."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {"python": project["requires-python"]}
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name, bounds = _split(requirement)
        wanted[CONDA_NAMES.get(name, name)] = bounds
    listed = YAML(typ="safe").load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    flat = [e for e in listed if isinstance(e, str) and e != "pip"]
    given = dict(_split(entry) for entry in [*flat, *(e for e in pip if not e.startswith("--"))])
    assert given == wanted


def test_the_lock_names_no_host():
    """No registry's address or index option is in the lock file."""
    text = (ROOT / "requirements.lock").read_text()
    assert re.findall(r"https?://|^--", text, re.MULTILINE) == []
