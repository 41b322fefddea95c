"""The hand-made slices of the metrics' tests, for known answers too."""

import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).parents[1] / "unit" / "metrics" / "conftest.py"


@pytest.fixture(scope="session")
def make_slice():
    """Return a function that makes a slice from a few deals and changes."""
    spec = importlib.util.spec_from_file_location("metrics_slices", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.build_slice
