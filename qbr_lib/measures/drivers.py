"""Why revenue changed: the factors of the change, against three bases."""

from __future__ import annotations

from qbr_lib.measures.definition import N_, Definition

_NAMES: dict[str, str] = {
    "drivers.volume": N_("Change through the number of decided deals"),
    "drivers.mix": N_("Change through the mix"),
    "drivers.win_rate": N_("Change through the win rate"),
    "drivers.deal_size": N_("Change through deal size"),
    "drivers.residual": N_("Change without a cause"),
    "drivers.on_year_ago.volume": N_("On the year before: through the number of decided deals"),
    "drivers.on_year_ago.mix": N_("On the year before: through the mix"),
    "drivers.on_year_ago.win_rate": N_("On the year before: through the win rate"),
    "drivers.on_year_ago.deal_size": N_("On the year before: through deal size"),
    "drivers.on_year_ago.residual": N_("On the year before: without a cause"),
    "drivers.on_target.volume": N_("On target: through the number of decided deals"),
    "drivers.on_target.mix": N_("On target: through the mix"),
    "drivers.on_target.win_rate": N_("On target: through the win rate"),
    "drivers.on_target.deal_size": N_("On target: through deal size"),
    "drivers.on_target.residual": N_("On target: without a cause"),
}
_FORMULAS: dict[str, str] = {
    "volume": N_("What more or fewer deals won or lost added to the change of revenue."),
    "mix": N_(
        "What the shares of the products among the decided deals added to it (of the segments "
        "where products are not given); with products that are new or gone in the quarter, which "
        "the chart shows apart."
    ),
    "win_rate": N_("What the win rates of the products added to it."),
    "deal_size": N_(
        "What the average won deals of the products added to it; a deal won without an amount "
        "counts as won and adds nothing."
    ),
    "residual": N_(
        "Change of revenue less the four effects: 0 by construction. The effects are LMDI-I on "
        "deals decided × share × win rate × deal size, at its limits where one of them is 0, and "
        "Shapley values where an amount is negative; their ranges hold 95 % of 400 bootstrap "
        "samples. The mix has none: none of those tried holds it as often as it says. A goal is "
        "one product, and counts with exactly its target."
    ),
}
_RIVALS = N_("Price, volume and mix one after the other, which depends on their order.")

DRIVERS: dict[str, Definition] = {
    one: Definition("money", name, _FORMULAS[one.rpartition(".")[2]], _RIVALS)
    for one, name in _NAMES.items()
}
