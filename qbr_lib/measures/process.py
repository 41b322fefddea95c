"""What the words of the chapters on win rates and stages mean, with the methods behind them."""

from __future__ import annotations

from qbr_lib.measures.definition import N_

TERMS: tuple[tuple[str, str], ...] = (
    (
        N_("Win rate by part"),
        N_(
            "Won ÷ (won + lost) of the deals with one value, by closing day; usual is the same "
            "over up to eight whole quarters before. Territories that too few people hold are "
            "left out."
        ),
    ),
    (
        N_("Possible values"),
        N_("95 % score interval (Wilson); of the difference to before: hybrid score (Newcombe)."),
    ),
    (
        N_("Cautious rate"),
        N_(
            "Drawn towards the mean by an empirical Bayes estimate (beta-binomial), the more the "
            "fewer deals. The mean and how much it counts come from the team's own values, with "
            "fewer than eight of them from the whole organisation."
        ),
    ),
    (
        N_("Deal size"),
        N_("Thirds of the team's own earlier deals by the amount known at creation."),
    ),
    (
        N_("Went on"),
        N_(
            "Of the deals decided in the quarter that reached a stage: the share that reached a "
            "later one or was won. A stage that was passed over counts as reached. Other systems "
            "follow the deals that entered a stage, or leave out those that skipped one."
        ),
    ),
    (
        N_("Went on so far"),
        N_(
            "Of the deals that entered the stage in the quarter, up to the day of the data: "
            "cumulative incidence (Aalen–Johansen), so that deals still there count neither way."
        ),
    ),
    (
        N_("Days in a stage"),
        N_(
            "Median from entering a stage to a later one, won or lost, over all deals that were "
            "in it during the quarter (Kaplan–Meier with late entry); from snapshots: expected "
            "days of an absorbing Markov chain. If half have not left yet, at least so many."
        ),
    ),
    (
        N_("Best quarters"),
        N_(
            "The share that a quarter of the team's own earlier quarters exceeded. The gap to it "
            "in money: deals in the gap × share of them won later × average won deal; the range "
            "comes from the possible values of the share."
        ),
    ),
    (
        N_("Waiting long"),
        N_("Open at the end of the quarter, and longer in its stage than 8 of 10 earlier deals."),
    ),
)
