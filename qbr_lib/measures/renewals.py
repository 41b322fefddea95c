"""What the renewals of existing contracts measure."""

from __future__ import annotations

from qbr_lib.measures.definition import N_, Definition

RENEWALS: dict[str, Definition] = {
    "renewals.rate": Definition(
        "ratio",
        N_("Renewals won"),
        N_("Renewals won ÷ renewals decided in the quarter, by number and closing day."),
        N_("By amount; or revenue kept ÷ revenue that was up for renewal, price changes included."),
    ),
    "renewals.won_amount": Definition(
        "money",
        N_("Revenue from renewals"),
        N_("Sum of the amounts of renewals won in the quarter, by closing day."),
        additive=True,
    ),
}
