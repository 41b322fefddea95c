"""The YAML under `parameters/`, as frozen models."""

from qbr_lib.parameters.document import Lines, compose, lines_of, nodes, read_yaml
from qbr_lib.parameters.load import fill_secrets, load_team, load_workspace, parse
from qbr_lib.parameters.models import (
    PEOPLE_MODES,
    UNDECIDED,
    CompanyGoal,
    Definitions,
    FileOptions,
    Kind,
    Organisation,
    PeopleMode,
    Privacy,
    Source,
    TeamFile,
    Thresholds,
)
from qbr_lib.parameters.workspace import (
    COMPANY,
    GROUP,
    Workspace,
    folder_names,
    group_folder_names,
    shipped,
    slug,
)

__all__ = [
    "COMPANY",
    "GROUP",
    "PEOPLE_MODES",
    "UNDECIDED",
    "CompanyGoal",
    "Definitions",
    "FileOptions",
    "Kind",
    "Lines",
    "Organisation",
    "PeopleMode",
    "Privacy",
    "Source",
    "TeamFile",
    "Thresholds",
    "Workspace",
    "compose",
    "fill_secrets",
    "folder_names",
    "group_folder_names",
    "lines_of",
    "load_team",
    "load_workspace",
    "nodes",
    "parse",
    "read_yaml",
    "shipped",
    "slug",
]
