"""What an executed notebook must not carry, and what must stay as it was typed."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from qbr_lib.run import clean
from qbr_lib.run.plan import Workbook

SCRATCH = Path("/scratch/1")


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("read /acme/data/deals.csv", "read ./data/deals.csv"),
        ("'/acme'", "'.'"),
        ("file:///acme/build", "file://./build"),
        ("https://crm.example.com/acme/deals/17", "https://crm.example.com/acme/deals/17"),
        ("/acme-north/data", "/acme-north/data"),
        ("/old/acme/data", "/old/acme/data"),
        ("/scratch/1/kernel.log", "./kernel.log"),
    ],
)
def test_paths(shown, kept):
    """The workspace's path is cut out where it begins one, and nowhere within an address."""
    cell = new_code_cell("", outputs=[new_output("stream", text=shown)])
    given = {"workspace": "/acme", "quarter": "2026-Q3", "as_of": "2026-10-05"}
    book = Workbook("review", Path("1_review.ipynb"), "nord", "Nord", "nord", given)
    made = clean.cleaned(new_notebook(cells=[cell]), book, SCRATCH)
    assert made.cells[0].outputs[0].text == kept
