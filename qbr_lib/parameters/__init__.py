"""The YAML under `parameters/`, as frozen models."""

from qbr_lib.parameters.load import fill_secrets, load_team, load_workspace, parse, read_yaml
from qbr_lib.parameters.models import (
    UNDECIDED,
    CompanyGoal,
    Definitions,
    FileOptions,
    Organisation,
    Privacy,
    Source,
    TeamFile,
    Thresholds,
)
from qbr_lib.parameters.workspace import (
    COMPANY,
    Workspace,
    folder_names,
    group_folder_names,
    shipped,
    slug,
)

__all__ = [
    "COMPANY",
    "UNDECIDED",
    "CompanyGoal",
    "Definitions",
    "FileOptions",
    "Organisation",
    "Privacy",
    "Source",
    "TeamFile",
    "Thresholds",
    "Workspace",
    "fill_secrets",
    "folder_names",
    "group_folder_names",
    "load_team",
    "load_workspace",
    "parse",
    "read_yaml",
    "shipped",
    "slug",
]
