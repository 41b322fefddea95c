"""The minutes on paper: one page for each team of the sample, in both languages."""

import re

import pytest
from typer.testing import CliRunner

from qbr_lib import cli

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["de", "en"])
def test_one_page(visit, tmp_path, language):
    """Whatever a whole meeting of the sample agreed on fits on one sheet of paper."""
    arguments = ["minutes", "--workspace", str(tmp_path), "--language", language]
    result = CliRunner().invoke(cli.app, arguments)
    paths = sorted(tmp_path.glob("build/*/*/minutes.html"))
    assert (result.exit_code, len(paths)) == (0, 8)
    for path in paths:
        sheets = visit(path.as_uri()).pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1, path
