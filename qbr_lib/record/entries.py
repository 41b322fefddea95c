"""What people write down around the goals: who came, what was said, decided, tried, learned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema

ReviewSection = Literal["grades", "result", "why", "wins", "attention", "agenda"]
PageSection = Literal[ReviewSection, "goals", "follow_up"]


def _day(value: Any) -> Any:
    """Read ISO text only: pydantic would take 20261005 for seconds since 1970."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            message = "a day such as 2026-10-05"
            raise ValueError(message) from None
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]
Identity = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """An entry of the record; an empty value counts as left out.

    `only_text` names the field that an entry written as plain text fills.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        coerce_numbers_to_str=True,
        populate_by_name=True,
    )
    only_text: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _written(cls, data: Any) -> Any:
        if cls.only_text and isinstance(data, str):
            return {cls.only_text: data}
        if isinstance(data, Mapping):
            return {key: value for key, value in data.items() if value is not None}
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Allow the plain text beside the mapping."""
        schema = handler(core_schema)
        return {"anyOf": [{"type": "string"}, schema]} if cls.only_text else schema


class Participant(Entry):
    """Someone invited to the review."""

    only_text = "name"
    name: str = Field(description="Name, as people write it.")
    role: str | None = Field(None, description="What they are there for.")
    present: bool | None = Field(None, description="Whether they came.")


class Contribution(Entry):
    """What someone brought to the review."""

    by: str | None = Field(None, description="Who; left out to stay unnamed.")
    section: str | None = Field(None, description="The section of the page it belongs to.")
    text: str = Field(description="What they said.")


class Note(Entry):
    """A person's text, shown in its section of the page and kept on every run."""

    section: PageSection = Field(description="The section of the page that shows the text.")
    text: str = Field(description="The text; several lines after a bar (text: |).")
    by: str | None = Field(None, description="Who wrote it.")
    at: Day | None = Field(None, description="The day it was written, such as 2026-10-05.")


class Strategy(Entry):
    """What is done differently, from which finding."""

    id: Identity = Field(description="A short name of its own.")
    what: str = Field(description="What is done differently.")
    finding: str | None = Field(None, description="The finding it answers.")
    expected: str | None = Field(None, description="The effect expected.")
    observed: str | None = Field(None, description="The effect seen.")


class Decision(Entry):
    """What was decided."""

    only_text = "what"
    what: str = Field(description="What was decided.")
    by: str | None = Field(None, description="Who decided.")
    at: Day | None = Field(None, description="The day, such as 2026-10-05.")
    goal: str | None = Field(None, description="The id of the goal it serves.")


class Idea(Entry):
    """An idea, and what became of it."""

    only_text = "what"
    what: str = Field(description="The idea.")
    by: str | None = Field(None, description="Whose it was.")
    section: PageSection | None = Field(None, description="The section it belongs to.")
    votes: int | None = Field(None, ge=0, description="How many were for it.")
    adopted: str | None = Field(None, description="Where it was taken up.")
    effect: str | None = Field(None, description="What it did there.")


class Share(Entry):
    """So many of so many, such as {of: 52, reached: 31}."""

    reached: int = Field(ge=0, description="How many of them, such as deals won.")
    of: int = Field(gt=0, description="How many in all, such as deals decided.")

    @model_validator(mode="after")
    def _part(self) -> Share:
        if self.reached > self.of:
            message = f"'reached' up to 'of', {self.of}"
            raise ValueError(message)
        return self


class Experiment(Entry):
    """Something tried on purpose, for a while."""

    id: Identity = Field(description="A short name of its own.")
    hypothesis: str = Field(description="What is expected to happen, and why.")
    metric: str | None = Field(None, description="What it is measured by.")
    group: str | None = Field(None, description="With which deals or customers it is tried.")
    starts: Day | None = Field(None, description="First day, such as 2026-10-05.")
    ends: Day | None = Field(None, description="Last day, such as 2026-11-06.")
    result: str | None = Field(None, description="What came out.")
    tried: Share | None = Field(None, description="The share reached where it was tried.")
    compared: Share | None = Field(None, description="The share reached elsewhere.")


class Setback(Entry):
    """What went otherwise than expected, and what changes for it."""

    expected: str = Field(description="What was expected.")
    happened: str = Field(description="What happened.")
    cause: str | None = Field(None, description="Why.")
    change: str | None = Field(None, description="What is done differently now.")
    deals: tuple[str, ...] = Field((), description="The ids of the deals it is about.")


class Celebration(Entry):
    """What was celebrated, with whom and how."""

    only_text = "what"
    what: str = Field(description="The success.")
    with_whom: str | None = Field(None, alias="with", description="Who celebrated it.")
    how: str | None = Field(None, description="How.")


class Feedback(Entry):
    """What people say about the review itself."""

    only_text = "question"
    question: str = Field(description="What was asked, or the remark.")
    answer: str | None = Field(None, description="The answer.")
    rating: int | None = Field(None, ge=1, le=5, description="1 (poor) to 5 (very good).")
    by: str | None = Field(None, description="Who answered.")
