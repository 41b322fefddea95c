"""Small notebooks and workspaces for the tests of the runner."""

import nbformat
from ruamel.yaml import YAML

PARAMETERS = """\
team: str = "nord"  # team id
quarter: str = ""  # quarter under review
as_of: str = "latest"  # day
workspace: str = "."  # folder
language: str = "en"  # de or en
overrides: dict = {}  # keys of org.yml
"""
SHOW = """\
from qbr_lib.results import Display, Result, Value
MONEY = {{"nord": 1000.10, "sued": 250.20, "group:Küste": 1000.10, "company": {company}}}
won = Value(value=MONEY.get(team, 0.0), unit="money", n=1)
shown = Display(Result(schema_version=1, notebook="{name}", team={team}, quarter=quarter,
    as_of=as_of, measures={{"bookings.won_amount": won}}, tables={tables}, unavailable={{}},
    provenance={{}}))
shown
"""
HEADER = "opportunity_id,team_id,status,closed_on,created_on,amount\n"


def notebook(*cells, tag="parameters", parameters=PARAMETERS, title="# A stub"):
    """Return a notebook: a title, the parameters, then code cells."""
    first = nbformat.v4.new_code_cell(parameters)
    first.metadata["tags"] = [tag] if tag else []
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "elsewhere", "display_name": "E", "language": "python"}
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    made.cells = [nbformat.v4.new_markdown_cell(title), first, *code]
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def show(name="review", team="team", tables="{}", company="1250.30"):
    """Return a last cell that shows a result."""
    return SHOW.format(name=name, team=team, tables=tables, company=company)


def write_notebooks(root, **notebooks):
    """Write notebooks into a workspace, numbered 1 and up, the portfolio 0."""
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    for number, (name, content) in enumerate(notebooks.items(), start=1):
        place = 0 if name == "portfolio" else number
        nbformat.write(content, folder / f"{place}_{name}.ipynb")


def write_workspace(root, teams=("nord", "sued"), groups=None, **org):
    """Write a workspace with one won deal per team in 2026-Q3."""
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    rows = "".join(f"o-{team},{team},won,2026-07-10,2026-05-01,100.00\n" for team in teams)
    last = f"o-last,{teams[0]},open,,2026-10-05,10.00\n"
    groups = groups or {}
    names = "".join(f"{team},{team.title()},{groups.get(team, '')}\n" for team in teams)
    (root / "data" / "opportunities.csv").write_text(HEADER + rows + last)
    (root / "data" / "teams.csv").write_text("team_id,name,group\n" + names)
    source = {"kind": "folder", "path": "../data"}
    parameters = {"company": "Probe", "mapping": "sample", "source": source} | org
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(parameters, stream)
    return root


def write_team_file(root, **keys):
    """Write a team file named after its team."""
    folder = root / "parameters" / "teams"
    folder.mkdir(exist_ok=True)
    with (folder / f"{keys['team']}.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(keys, stream)


def page(executed, result, workbook):
    """Return a page, and no lists of deals; travels to other processes by its name."""
    if result.team == "no page":
        raise ValueError("the template is broken")
    text = f"<html>{workbook.name} {result.quarter} {len(executed.cells)}</html>"
    return {f"{workbook.notebook}.html": text.encode(), "deals.xlsx": None}
