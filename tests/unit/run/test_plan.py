"""Which workbooks a run makes, and what is refused before any of them is executed."""

import pytest

from qbr_lib.errors import QbrError
from tests.notebooks.stubs import notebook, write_notebooks, write_team_file


def _message(what, where, got, wanted, edit):
    return f"{what}.\n  Where: {where}\n  Got: {got}\n  Wanted: {wanted}\n  Edit: {edit}"


def _made(plan):
    return [(book.parameters["team"], book.notebook, book.folder) for book in plan.workbooks]


def test_every_team_then_the_portfolios(planned):
    """Teams in the order of the file, notebooks by number, then company and groups."""
    assert _made(planned()) == [
        ("nord", "review", "nord"),
        ("nord", "extra", "nord"),
        ("sued", "review", "sued"),
        ("sued", "extra", "sued"),
        ("ÖST", "review", "oest"),
        ("ÖST", "extra", "oest"),
        ("company", "portfolio", "company"),
        ("group:Küste", "portfolio", "group-kueste"),
    ]


def test_portfolio(planned):
    """A portfolio has no team, covers its members in the file's order and stands alone."""
    company, group = planned(notebooks=["portfolio"]).workbooks
    assert (company.team, company.name, company.members) == (None, "Probe", ("nord", "sued", "ÖST"))
    assert (group.team, group.name, group.members) == (None, "Küste", ("nord", "ÖST"))
    assert company.beside == ("portfolio",)


def test_workbook(planned, root):
    """A workbook knows its parameters, as plain strings, and its folders."""
    book = planned(teams=["sued"], notebooks=["review"]).workbooks[0]
    assert dict(book.parameters) == {
        "team": "sued",
        "quarter": "2026-Q3",
        "as_of": "2026-10-05",
        "workspace": str(root),
        "language": "en",
        "overrides": {},
    }
    assert (book.team, book.name, book.beside) == ("sued", "sued", ("review", "extra"))
    assert book.output == root / "build" / "2026-Q3" / "sued"
    kept = root / "history" / "results" / "2026-Q3" / "sued" / "review-2026-10-05.result.json"
    assert book.kept == kept


@pytest.mark.parametrize(
    ("chosen", "made"),
    [
        ({"teams": ["sued"]}, [("sued", "review"), ("sued", "extra")]),
        ({"teams": ["ÖST", "nord"], "notebooks": ["extra"]}, [("nord", "extra"), ("ÖST", "extra")]),
        (
            {"teams": ["nord"], "notebooks": ["portfolio", "review"]},
            [("nord", "review"), (None, "portfolio"), (None, "portfolio")],
        ),
    ],
    ids=["no portfolio with teams", "file order", "portfolio named"],
)
def test_chosen(planned, chosen, made):
    """Teams and notebooks can be chosen; with teams the portfolio must be named."""
    assert [(book.team, book.notebook) for book in planned(**chosen).workbooks] == made


def test_shipped_and_own(planned, root):
    """A company's own notebook takes the place of the shipped one; other file names are ignored."""
    shipped = root.parent / "shipped" / "notebooks"
    shipped.mkdir(parents=True)
    write_notebooks(root.parent / "shipped", review=notebook(), goals=notebook())
    (root / "notebooks" / "Draft.ipynb").write_text("no notebook")
    plan = planned(teams=["nord"])
    assert [book.path.relative_to(root.parent).as_posix() for book in plan.workbooks] == [
        "shipped/notebooks/2_goals.ipynb",
        "w/notebooks/2_review.ipynb",
        "w/notebooks/3_extra.ipynb",
    ]


@pytest.mark.parametrize(
    ("file", "language", "expected"),
    [
        ({}, None, ("en", {})),
        ({"language": "de"}, None, ("de", {})),
        ({"language": "de"}, "en", ("en", {})),
        ({"overrides": {"language": "de"}}, None, ("de", {"language": "de"})),
        (
            {"overrides": {"thresholds": {"coverage_week": 4}}},
            None,
            ("en", {"thresholds": {"coverage_week": 4}}),
        ),
    ],
    ids=["neither", "team file", "run", "overridden", "threshold"],
)
def test_precedence(planned, root, file, language, expected):
    """The run's language goes before the team file's, and that before the organisation's."""
    write_team_file(root, team="nord", **file)
    nord, sued = planned(teams=["nord", "sued"], notebooks=["review"], language=language).workbooks
    assert (nord.parameters["language"], nord.parameters["overrides"]) == expected
    assert sued.parameters["language"] == "en"


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (
            {"teams": ["nrod"]},
            (
                "The team is unknown",
                "parameter 'team'",
                "'nrod'",
                "'nord'? Known: nord, sued, ÖST",
                "name a team_id of the table teams",
            ),
        ),
        (
            {"notebooks": ["reveiw"]},
            (
                "The notebook is unknown",
                "parameter 'notebook'",
                "'reveiw'",
                "'review'? Known: extra, portfolio, review",
                "name a notebook without its number and ending",
            ),
        ),
        (
            {"quarter": "2026-Q2"},
            (
                "The quarter lies outside the data",
                "parameter 'quarter'",
                "2026-Q2",
                "2026-Q3 to 2026-Q4: the first closing was on 2026-07-10, "
                "the data is as of 2026-10-05",
                "choose a quarter in this range, or export more",
            ),
        ),
    ],
    ids=["team", "notebook", "quarter"],
)
def test_refused(planned, chosen, message):
    """An unknown team, notebook or quarter is refused with the nearest name or the range."""
    with pytest.raises(QbrError) as caught:
        planned(**chosen)
    assert str(caught.value) == _message(*message)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"team": "nrod"},
            (
                "A team file names an unknown team",
                "teams/nrod.yml, 'team'",
                "'nrod'",
                "'nord'? Known: nord, sued, ÖST",
                "change 'team' in nrod.yml, or delete the file",
            ),
        ),
        (
            {"team": "nord", "overrides": {"thresholds": {"coverage_weak": 4}}},
            (
                "A parameter is unknown",
                "teams/nord.yml, 'overrides'",
                "'thresholds.coverage_weak'",
                "'coverage_week'? Known: alarm_high, alarm_low, coverage_week, rejected_share, "
                "stale_chance",
                "change 'overrides' in nord.yml",
            ),
        ),
        (
            {"team": "nord", "overrides": {"currency": "USD", "source": {"kind": "sample"}}},
            (
                "A team cannot have its own source, currency or calendar",
                "teams/nord.yml, 'overrides'",
                "currency, source",
                "one for the organisation, since its teams are added up",
                "change it in org.yml, and delete it from nord.yml",
            ),
        ),
    ],
    ids=["team", "override", "shared"],
)
def test_refused_team_file(planned, root, keys, message):
    """A team file for no team of the data, or with an unknown override, is refused by name."""
    write_team_file(root, **keys)
    with pytest.raises(QbrError) as caught:
        planned()
    assert str(caught.value) == _message(*message)


def test_two_files_of_one_team(planned, root):
    """Two files that name one team are refused: neither would win."""
    write_team_file(root, team="nord")
    (root / "parameters" / "teams" / "other.yml").write_text("team: nord\n")
    with pytest.raises(QbrError) as caught:
        planned()
    assert str(caught.value) == _message(
        "A team has two team files",
        "teams/other.yml, 'team'",
        "'nord'",
        "one file per team",
        "change 'team' in other.yml, or delete the file",
    )


@pytest.mark.parametrize("name", ["minutes", "roadmap"])
def test_a_name_that_is_taken(planned, root, name):
    """A notebook whose page another page would overwrite is refused."""
    write_notebooks(root, **{name: notebook()})
    with pytest.raises(QbrError) as caught:
        planned()
    assert str(caught.value) == _message(
        "A notebook has the name of another page",
        "notebooks",
        f"1_{name}.ipynb",
        "another name than minutes and roadmap",
        "rename it",
    )


def test_nothing_to_run(planned, root):
    """A workspace without any notebook for a team is refused instead of succeeding with nothing."""
    for path in (root / "notebooks").glob("[1-9]*.ipynb"):
        path.unlink()
    with pytest.raises(QbrError) as caught:
        planned(teams=["nord"])
    assert str(caught.value) == _message(
        "There is no notebook to run",
        "notebooks",
        "no file for a team",
        "files named as 1_review.ipynb",
        "put a notebook into the workspace's folder 'notebooks'",
    )
