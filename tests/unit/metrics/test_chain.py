"""Absorbing chains, and the steps that snapshots show."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.metrics import chain

WEEKS = pd.date_range("2026-07-06", periods=6, freq="7D")


@st.composite
def chains(draw):
    """Return chances of steps among some states and to two ends, each row adding up to 1."""
    size = draw(st.integers(1, 5))
    rows = draw(
        st.lists(
            st.lists(st.floats(0.01, 1), min_size=size + 2, max_size=size + 2),
            min_size=size,
            max_size=size,
        )
    )
    chances = np.array(rows)
    chances /= chances.sum(axis=1, keepdims=True)
    return chances[:, :size], chances[:, size:]


@settings(max_examples=50, deadline=None)
@given(chains())
def test_everything_ends(parts):
    """The chances of the ends add up to 1, whatever the state begun in; one step counts at least."""
    found = chain.absorbed(*parts)
    assert np.allclose(found.ends.sum(axis=1), 1)
    assert (found.steps >= 1 - 1e-9).all()


def test_a_simulated_chain_ends_alike():
    """Four thousand walks end as often in each end as the chain says."""
    within = np.array([[0.2, 0.5, 0.0], [0.1, 0.3, 0.4], [0.0, 0.2, 0.3]])
    out = np.array([[0.05, 0.25], [0.05, 0.15], [0.3, 0.2]])
    random = np.random.default_rng(2)
    table = np.column_stack([within, out]).cumsum(axis=1)
    state = np.zeros(4000, dtype=int)
    while (state < 3).any():
        running = state < 3
        state[running] = (random.random((running.sum(), 1)) > table[state[running]]).sum(axis=1)
    assert np.mean(state == 3) == pytest.approx(chain.absorbed(within, out).ends[0, 0], abs=0.02)


def visit(stage, since, until, then):
    """Return one visit of a deal."""
    return {
        "deal": 0,
        "stage": stage,
        "since": pd.Timestamp(since),
        "until": pd.Timestamp(until),
        "next": then,
    }


def test_what_snapshots_see():
    """Two weeks in a stage, then the next; a loss between snapshots; one that still lasts."""
    seen = pd.DataFrame([
        visit(0, "2026-07-06", "2026-07-20", 1), visit(1, "2026-07-20", "2026-07-29", -1),
        visit(1, "2026-08-03", None, -2), visit(0, "2026-07-07", "2026-07-09", 2),
    ])  # fmt: skip
    found = chain.counts(seen, WEEKS, 2)
    assert found.tolist() == [[1, 1, 0, 0], [0, 2, 0, 1]]


def test_onward_follows_steps_back():
    """From the second stage: on, lost, or back to the first and on from there."""
    counts = np.array([[2.0, 4.0, 0.0, 2.0], [2.0, 4.0, 3.0, 1.0]])
    kept, steps = chain.onward(counts, 1)
    back = 4 / 6  # of the first stage, where it stays 2 of 8 weeks
    assert kept == pytest.approx(0.5 * 1 / (1 - (2 / 6) * back))
    assert steps > 1
    assert all(math.isnan(value) for value in chain.onward(np.zeros((1, 3)), 0))
    assert all(math.isnan(value) for value in chain.onward(np.array([[5.0, 0.0, 0.0]]), 0))
