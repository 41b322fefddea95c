"""Goals with their revisions and verdicts, and what is done, feared and needed for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, field_validator, model_validator
from pydantic_core import PydanticCustomError

from qbr_lib.errors import nearest
from qbr_lib.measures import REGISTRY
from qbr_lib.parameters import Kind
from qbr_lib.record.entries import Day, Entry, Identity

REVENUE = "bookings.won_amount"
_ROUNDING = 0.01
SCOPES = ("company", "group", "team", "rep", "territory", "account")


def _measure(value: str) -> str:
    if value not in REGISTRY:
        floor = value.partition(".")[0]
        related = [known for known in REGISTRY if known.startswith(f"{floor}.")]
        message = f"the id of a measure: {nearest(value, related or REGISTRY)}"
        raise ValueError(message)
    return value


MeasureId = Annotated[
    str, AfterValidator(_measure), WithJsonSchema({"type": "string", "enum": sorted(REGISTRY)})
]


class Evidence(Entry):
    """What the numbers said when something was agreed or judged."""

    probability: float | None = Field(
        None, ge=0, le=1, description="Chance of reaching the target, 0 to 1."
    )
    as_of: Day | None = Field(None, description="The day of the data, such as 2026-10-05.")
    value: float | None = Field(None, description="The measured value.")
    n: int | None = Field(None, ge=0, description="How many deals stand behind it.")
    text: str | None = Field(None, description="In words.")


class Drivers(Entry):
    """What a revenue target consists of: deals to decide × win rate × average won deal."""

    decided: int = Field(gt=0, description="Deals to be decided, won or lost.")
    win_rate: float = Field(gt=0, le=1, description="Share of them to be won, 0 to 1.")
    average_won_amount: float = Field(gt=0, description="Average amount of a deal won.")

    @property
    def revenue(self) -> float:
        """What the plan comes to."""
        return self.decided * self.win_rate * self.average_won_amount

    def leads_to(self, target: float) -> bool:
        """Tell whether the plan comes to a target, but for rounding."""
        return abs(self.revenue - target) <= _ROUNDING * abs(target)


class Revision(Entry):
    """One agreement on a goal's target; they are only ever added to."""

    at: Day = Field(description="The day it was agreed, such as 2026-10-05.")
    by: str = Field(description="Who agreed; a note, no proof of identity.")
    value: float = Field(description="The target from then on, in the measure's unit.")
    reason: str = Field(description="Why.")
    evidence: Evidence | None = Field(None, description="What the numbers said.")
    drivers: Drivers | None = Field(None, description="What the target consists of, of revenue.")

    @model_validator(mode="after")
    def _adds_up(self) -> Revision:
        _fits(self.drivers, (self.value,))
        return self


class Verdict(Entry):
    """How a goal ended."""

    state: Literal["met", "just_missed", "missed", "not_gradable"] = Field(
        description="The verdict."
    )
    value: float | None = Field(None, description="What was reached, in the measure's unit.")
    at: Day = Field(description="The day of the verdict, such as 2027-01-08.")
    by: str = Field(description="Who gave it.")
    original: float | None = Field(None, description="The first target.")
    target: float | None = Field(None, description="The last agreed target.")
    attainment: float | None = Field(None, description="Reached ÷ last agreed target.")
    n: int | None = Field(None, ge=0, description="How many deals stand behind the value.")
    reason: str | None = Field(None, description="Why, above all where it cannot be graded.")
    evidence: Evidence | None = Field(None, description="What the numbers said.")


class Goal(Entry):
    """A goal: a measure, whose it is, where it stood, where it is to stand."""

    id: Identity = Field(description="A name of its own, such as revenue-2026-Q4.")
    title: str = Field(description="The goal in one sentence.")
    kind: Kind = Field(description="What it is about.")
    metric: MeasureId = Field(description="The id of the measure that decides it.")
    scope: dict[str, str] = Field(
        json_schema_extra={"minProperties": 1, "propertyNames": {"enum": list(SCOPES)}},
        description=f"For whom, such as {{team: nord}}: {', '.join(SCOPES)}.",
    )
    owner: str = Field(description="Who answers for it.")
    parent: str | None = Field(None, description="The id of the goal it contributes to.")
    baseline: float | None = Field(None, description="Where the measure stood.")
    target: float = Field(description="The first target; it stays, whatever is agreed later.")
    leading: tuple[MeasureId, ...] = Field(
        (), description="Measures that move before the goal does."
    )
    revisions: tuple[Revision, ...] = Field(
        (), description="Who agreed on which target, when and why; append only."
    )
    drivers: Drivers | None = Field(
        None, description="What the target consists of, within 1 %: only of a revenue goal."
    )
    verdict: Verdict | None = Field(None, description="How it ended; written by `qbr grade`.")

    @model_validator(mode="after")
    def _adds_up(self) -> Goal:
        planned = [self.drivers, *(one.drivers for one in self.revisions)]
        if any(planned) and self.metric != REVENUE:
            raise refusal(f"none: only a goal on {REVENUE} has them", at=("drivers",), got="some")
        _fits(self.drivers, (self.original, self.current))
        return self

    @field_validator("scope")
    @classmethod
    def _scope(cls, scope: dict[str, str]) -> dict[str, str]:
        if not scope:
            message = f"at least one of {', '.join(SCOPES)}"
            raise ValueError(message)
        for key in scope:
            if key not in SCOPES:
                raise refusal(nearest(key, SCOPES), at=(key,), got=key)
        return scope

    @property
    def original(self) -> float:
        """The first target."""
        return self.target

    @property
    def current(self) -> float:
        """The target agreed last."""
        return self.revisions[-1].value if self.revisions else self.target

    @property
    def plan(self) -> Drivers | None:
        """What the target agreed last consists of, None where nobody recorded it."""
        known = [*(one.drivers for one in self.revisions[-1:]), self.drivers]
        return next((one for one in known if one and one.leads_to(self.current)), None)

    @property
    def adjusted(self) -> bool:
        """Whether the target was changed after it was first agreed."""
        return self.current != self.original


class Trigger(Entry):
    """When an obstacle is there: a measure below or above a limit."""

    metric: MeasureId = Field(description="The id of the measure to watch.")
    below: float | None = Field(None, description="There once the measure is below this.")
    above: float | None = Field(None, description="There once the measure is above this.")

    @model_validator(mode="after")
    def _one_limit(self) -> Trigger:
        if (self.below is None) == (self.above is None):
            message = "either 'below' or 'above', not both"
            raise ValueError(message)
        return self


class Obstacle(Entry):
    """What may come between, and what is done then."""

    id: Identity = Field(description="A short name of its own.")
    what: str = Field(description="What may come between.")
    goal: str | None = Field(None, description="The id of the goal it threatens.")
    likelihood: Literal["low", "medium", "high"] | None = Field(None, description="How likely.")
    trigger: Trigger | None = Field(None, description="The measure that shows it has come.")
    counter: str | None = Field(None, description="What is done then.")


class Support(Entry):
    """Help that a goal needs from elsewhere."""

    id: Identity = Field(description="A short name of its own.")
    what: str = Field(description="What is needed.")
    goal: str | None = Field(None, description="The id of the goal it serves.")
    owner: str | None = Field(None, description="Who gives it.")
    due: Day | None = Field(None, description="By when, such as 2026-11-06.")
    state: Literal["requested", "promised", "given", "refused"] = Field(
        "requested", description="How far it is."
    )


class Commitment(Entry):
    """What someone does by a day."""

    id: Identity = Field(description="A short name of its own.")
    what: str = Field(description="What is done.")
    owner: str = Field(description="Who does it.")
    due: Day = Field(description="By when, such as 2026-11-06.")
    state: Literal["open", "done", "dropped"] = Field("open", description="How far it is.")
    evidence: str | None = Field(None, description="What shows that it is done.")
    goal: str | None = Field(None, description="The id of the goal it serves.")


def refusal(wanted: str, *, at: tuple[str | int, ...], got: str) -> PydanticCustomError:
    """Return a validator's error that says where below the field the fault lies."""
    return PydanticCustomError("refused", "{wanted}", {"wanted": wanted, "at": at, "got": got})


def _fits(drivers: Drivers | None, targets: tuple[float, ...]) -> None:
    """Refuse drivers that come to none of the targets."""
    if drivers is None or any(drivers.leads_to(target) for target in targets):
        return
    raise refusal(
        f"decided × win_rate × average_won_amount within 1 % of the target {targets[-1]:,.2f}",
        at=("drivers",),
        got=f"{drivers.revenue:,.2f}",
    )
