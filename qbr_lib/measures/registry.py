"""The registry: every measure id once, with unit, formula and rivals (DESIGN 6)."""

from __future__ import annotations

from qbr_lib.measures.definition import N_, Better, Definition
from qbr_lib.measures.drivers import DRIVERS
from qbr_lib.measures.outlook import OUTLOOK
from qbr_lib.measures.renewals import RENEWALS
from qbr_lib.measures.timing import TIMING

_WON = N_("Sum of the amounts of deals won in the quarter, by closing day.")

REGISTRY: dict[str, Definition] = {
    "bookings.won_amount": Definition(
        "money",
        N_("Revenue won"),
        _WON,
        N_("By day of order or invoice: other systems date the same deal later."),
        additive=True,
    ),
    "bookings.won_count": Definition(
        "count",
        N_("Deals won"),
        N_("Number of deals won in the quarter, by closing day."),
        better="high",
        additive=True,
    ),
    "bookings.lost_count": Definition(
        "count",
        N_("Deals lost"),
        N_("Number of deals lost in the quarter, by closing day."),
        better="low",
        additive=True,
    ),
    "bookings.created_count": Definition(
        "count",
        N_("Deals created"),
        N_("Number of deals created in the quarter that still exist."),
        additive=True,
    ),
    "bookings.won_accounts": Definition(
        "count",
        N_("Accounts won"),
        N_("Number of different accounts with which a deal was won in the quarter."),
        N_("New accounts only; which these are depends on how far the data reaches back."),
    ),
    "bookings.average_won_amount": Definition(
        "money",
        N_("Average won deal"),
        N_("Revenue won ÷ number of won deals that carry an amount."),
        N_("The median, which single large deals do not move."),
    ),
    "bookings.median_won_amount": Definition(
        "money",
        N_("Middle one of the won deals"),
        N_("The amount that half of the won deals exceed."),
        N_("The average, which single large deals move."),
    ),
    "bookings.target": Definition(
        "money",
        N_("Target"),
        N_("Revenue target of the team for the quarter, from the table “targets”."),
        additive=False,
    ),
    "bookings.attainment": Definition(
        "ratio",
        N_("Attainment"),
        N_("Revenue won ÷ target."),
        N_("Some systems prorate the target when people join or leave within the quarter."),
    ),
    "bookings.change_on_previous_quarter": Definition(
        "ratio",
        N_("Change on the previous quarter"),
        N_("(Revenue won now − then) ÷ then, against the quarter before."),
    ),
    "bookings.change_on_year_ago": Definition(
        "ratio",
        N_("Change on the year before"),
        N_("(Revenue won now − then) ÷ then, against the same quarter a year before."),
    ),
    "bookings.month_3_share": Definition(
        "ratio",
        N_("Share of the third month"),
        N_("Revenue won in the quarter's third month ÷ revenue won in the quarter."),
        N_("By week, or as one figure of inequality over the thirteen weeks."),
        better="neither",
    ),
    "conversion.win_rate": Definition(
        "ratio",
        N_("Win rate"),
        N_("Won ÷ (won + lost), by number and closing day."),
        N_("By amount; or won ÷ created, which counts open deals as not won."),
    ),
    "conversion.win_rate_by_amount": Definition(
        "ratio",
        N_("Win rate by amount"),
        N_("Amount won ÷ (amount won + amount lost), by closing day."),
        N_("By number, which small and large deals move alike."),
    ),
    "conversion.win_rate_created_cohort": Definition(
        "ratio",
        N_("Win rate of the deals created"),
        N_("Won so far ÷ all deals created in the quarter, open ones included."),
        N_("By closing day, which mixes deals of several starting quarters."),
    ),
    "cycle.median_days_won": Definition(
        "days",
        N_("Days to win"),
        N_("Median days from creation to closing of the deals won in the quarter."),
        N_("The mean, which long deals move; open deals are in neither."),
        better="low",
    ),
    "cycle.median_days_lost": Definition(
        "days",
        N_("Days to lose"),
        N_("Median days from creation to closing of the deals lost in the quarter."),
        better="neither",
    ),
    "cycle.median_days_closed": Definition(
        "days",
        N_("Days to a decision"),
        N_("Median days from creation to closing of the deals decided in the quarter."),
        better="low",
    ),
    "cycle.mean_days_won": Definition(
        "days",
        N_("Mean days to win"),
        N_("Mean days from creation to closing of the deals won in the quarter."),
        better="low",
    ),
    "cycle.mean_days_closed": Definition(
        "days",
        N_("Mean days to a decision"),
        N_("Mean days from creation to closing of the deals decided in the quarter."),
        better="low",
    ),
    "leads.created": Definition(
        "count",
        N_("New leads"),
        N_("Leads that came in during the quarter."),
        additive=True,
    ),
    "leads.conversion": Definition(
        "ratio",
        N_("Leads that became deals"),
        N_("Leads of the quarter that have become a deal so far ÷ leads of the quarter."),
        N_("Conversions of the quarter ÷ leads of the quarter, which mixes leads of several ones."),
    ),
    "activity.done": Definition(
        "count",
        N_("Activities"),
        N_("Activities of any kind that were done in the quarter."),
        N_("Logged is not the same as done: habits of logging differ."),
        better="neither",
        additive=True,
    ),
    "pipeline.coverage": Definition(
        "ratio",
        N_("Coverage"),
        N_(
            "Open amount due in the quarter at the start of the coverage week ÷ target not yet won."
        ),
        N_("Against the full target, on another day, or multiplied by the win rate."),
    ),
}

_ACTIVITIES: dict[str, str] = {
    "calls": N_("Calls"),
    "meetings": N_("Meetings"),
    "demos": N_("Demonstrations"),
    "emails": N_("E-mails"),
}
REGISTRY |= {
    f"activity.{kind}": Definition(
        "count", name, N_("Activities of this kind that were done in the quarter."), additive=True
    )
    for kind, name in _ACTIVITIES.items()
}

REGISTRY |= {
    "market.share": Definition(
        "ratio",
        N_("Market share"),
        N_("Revenue won in the markets that are sized ÷ the size of these markets."),
        N_("By units; or by revenue invoiced, which other systems date later."),
    ),
    "goals.recorded": Definition(
        "count", N_("Goals agreed"), N_("Goals in the record of the cycle.")
    ),
    "goals.measurable": Definition(
        "count",
        N_("Goals that can be measured"),
        N_("Agreed goals whose measure can be computed from the present data."),
    ),
    "goals.baseline": Definition(
        "money",
        N_("Baseline of the revenue goal"),
        N_("Revenue won in the quarter under review."),
    ),
    "goals.target": Definition(
        "money",
        N_("Revenue goal"),
        N_("The team's last agreed revenue goal for the coming quarter."),
        N_("The target of the plan in the table “targets”, which may differ."),
    ),
    "goals.growth": Definition(
        "ratio", N_("Growth asked for"), N_("(Revenue goal − baseline) ÷ baseline.")
    ),
    "goals.company_share": Definition(
        "ratio",
        N_("Share of the company goal"),
        N_("The team's revenue goal ÷ the company's revenue goal for the same quarter."),
        better="neither",
    ),
    "goals.on_course": Definition(
        "count",
        N_("Goals on course"),
        N_("Goals that have come at least as far as the team's usual course asks for by the day."),
    ),
    "goals.graded": Definition(
        "count",
        N_("Goals graded"),
        N_("Goals of the quarter whose verdict is met, just missed or missed."),
    ),
    "goals.met": Definition(
        "count", N_("Goals met"), N_("Graded goals that reached their last agreed target.")
    ),
    "loop.commitments_kept": Definition(
        "ratio",
        N_("Commitments kept"),
        N_("Commitments done ÷ commitments due by the day; dropped ones count in neither."),
    ),
    "loop.commitments_overdue": Definition(
        "count",
        N_("Commitments overdue"),
        N_("Commitments that are open although their day has passed."),
        better="low",
    ),
    "loop.obstacles_met": Definition(
        "count",
        N_("Obstacles that occurred"),
        N_("Foreseen obstacles whose measure has crossed its threshold."),
        better="low",
    ),
}

_BRIDGE: dict[str, tuple[str, str]] = {
    "opening": (N_("Open at the start"), N_("Open deals due in the quarter at its start.")),
    "created": (N_("Newly created"), N_("Deals created in the quarter and due in it.")),
    "reopened": (
        N_("Reopened"),
        N_("Deals closed before the quarter and opened again in it."),
    ),
    "pulled_in": (N_("Pulled in"), N_("Deals moved into the quarter from a later day.")),
    "pushed_in": (N_("From earlier quarters"), N_("Overdue deals moved into the quarter.")),
    "increased": (N_("Amount raised"), N_("Rises of the amount while due in the quarter.")),
    "decreased": (N_("Amount lowered"), N_("Cuts of the amount while due in the quarter.")),
    "transferred": (
        N_("Transferred"),
        N_("Deals that came from other teams, less deals that went to them."),
    ),
    "removed": (N_("Removed"), N_("Deals deleted in the CRM.")),
    "won": (N_("Won"), N_("Amount won; equals revenue won.")),
    "lost": (N_("Lost"), N_("Last amount of the deals lost.")),
    "slipped": (N_("Slipped"), N_("Deals whose planned closing left the quarter.")),
    "closing": (N_("Open at the end"), N_("Open deals due in the quarter at its end.")),
    "residual": (N_("Remainder"), N_("Start plus all movements less end: 0 by construction.")),
}
BRIDGE_FLOWS = tuple(name for name in _BRIDGE if name not in ("opening", "closing", "residual"))
_FAVOURABLE: dict[str, Better] = {"won": "neither", "slipped": "high", "lost": "high"}

REGISTRY |= {
    f"pipeline.{name}": Definition(
        "money",
        title,
        formula,
        better=_FAVOURABLE.get(name, "neither"),
        additive=name not in ("transferred",),
    )
    for name, (title, formula) in _BRIDGE.items()
}
REGISTRY |= DRIVERS | OUTLOOK | RENEWALS | TIMING
