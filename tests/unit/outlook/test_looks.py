"""Critical values of repeated looks: laws, and chance itself as the oracle."""

import numpy as np
import pytest
from scipy import stats

from qbr_lib.outlook import looks


@pytest.mark.parametrize("shape", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("number", [1, 2, 13, 26])
def test_all_looks_together_have_the_level(number, shape):
    """Whatever their number and shape; more looks ask for more, and the first never for less."""
    found = looks.boundary(number, shape, alpha=0.01)
    assert looks.false_alarms(found) == pytest.approx(0.01, abs=1e-6)
    assert (np.diff(found) <= 1e-12).all()
    assert found[-1] < looks.boundary(number + 1, shape, alpha=0.01)[-1]


def test_one_look_is_the_ordinary_one():
    """1.96 at 5 %."""
    assert looks.boundary(1, 0.5).tolist() == pytest.approx([stats.norm.isf(0.025)])


def test_chance_finds_as_much():
    """Sums of random numbers, looked at eight times."""
    rng = np.random.default_rng(5)
    sums = rng.standard_normal((100_000, 8)).cumsum(axis=1) / np.sqrt(np.arange(1, 9))
    found = (np.abs(sums) > looks.boundary(8, 0.5)).any(axis=1).mean()
    assert found == pytest.approx(0.05, abs=0.003)
