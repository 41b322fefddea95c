"""Everything that may explain a quarter in one piece, judged together as one family of claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import causes, deals, drivers, effort, patterns, rates, stages, usual
from qbr_lib.metrics.drivers import Comparison
from qbr_lib.metrics.stages import Funnel


@dataclass(frozen=True)
class Explained:
    """What happened in a quarter, and what of it is a pattern.

    Parameters
    ----------
    figures : DataFrame
        The headline figures against before and usual, as `usual.table` returns them.
    drivers : Comparison or None
        Revenue beside that of the quarter before; None where there is nothing to compare.
    rates : mapping of str to DataFrame
        Win rates by column, as `rates.tables` returns them.
    stages : Funnel
        How deals went from stage to stage.
    judged : DataFrame
        All claims of the workbook, as `patterns.judged` returns them.
    causes : DataFrame
        The heaviest first, as `causes.ranked` returns them.
    alone : Series or None
        The deal that made the heaviest of them, as `causes.alone` returns it.
    """

    figures: pd.DataFrame
    drivers: Comparison | None
    rates: Mapping[str, pd.DataFrame]
    stages: Funnel
    judged: pd.DataFrame
    causes: pd.DataFrame
    alone: pd.Series | None


def explain(data: Slice) -> Explained:
    """Return what explains the quarter under review."""
    figures, compared = usual.table(data), drivers.on_previous(data)
    parts, funnel = rates.tables(data), stages.funnel(data)
    judged = patterns.judged(
        [
            *usual.claims(figures),
            *drivers.claims(compared),
            *rates.claims(parts),
            *stages.claims(funnel),
            *effort.claims(data),
        ]
    )
    ranked = causes.ranked(judged)
    single = causes.alone(ranked, deals.top(data, "won", 1))
    return Explained(figures, compared, parts, funnel, judged, ranked, single)
