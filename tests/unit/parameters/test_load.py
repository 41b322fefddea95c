"""Overrides of a team or run, where they are refused."""

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.parameters import load_workspace


@pytest.mark.parametrize(
    ("own", "override"),
    [
        ({"people": "named"}, {"people": "off"}),
        ({"people": "pseudonym"}, {"people": "off", "minimum_group": 9}),
        ({"people": "off"}, {"people": "off"}),
    ],
)
def test_less_of_people(write_workspace, own, override):
    """A team or run may show less of people than the organisation."""
    root = write_workspace(privacy=own)
    privacy = load_workspace(root, {"privacy": override}).organisation.privacy
    assert privacy.people == "off"
    assert privacy.minimum_group == override.get("minimum_group", 5)


@pytest.mark.parametrize(
    ("own", "override", "message"),
    [
        (
            {"people": "off"},
            {"people": "named"},
            "  Where: overrides, 'privacy.people'\n  Got: 'named'\n  Wanted: 'off' or less\n",
        ),
        (
            {"people": "pseudonym", "minimum_group": 7},
            {"minimum_group": 6},
            "  Where: overrides, 'privacy.minimum_group'\n  Got: 6\n  Wanted: 7 or more\n",
        ),
    ],
    ids=["people", "group"],
)
def test_never_more(write_workspace, own, override, message):
    """No override shows more of people than the organisation does."""
    with pytest.raises(ParameterError) as caught:
        load_workspace(write_workspace(privacy=own), {"privacy": override})
    assert str(caught.value) == (
        "An override shows more of people than the organisation does.\n"
        f"{message}"
        "  Edit: change 'privacy' in org.yml, for everyone"
    )


def test_a_stage_that_stands_twice(write_workspace):
    """Stages have one order: a name that stands twice is refused, since it has two places."""
    with pytest.raises(ParameterError) as caught:
        load_workspace(write_workspace(stages=["Lead", "Offer", "Lead"]))
    message = str(caught.value).partition("'stages'\n")
    assert message[0].startswith("A parameter is refused.\n  Where: org.yml, line ")
    assert message[2] == (
        "  Got: ['Lead', 'Offer', 'Lead']\n"
        "  Wanted: 'Lead' stands twice; wanted each stage once, in order\n"
        "  Edit: change 'stages' in org.yml"
    )
