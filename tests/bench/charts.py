"""The fixed notebook of `tests.bench.run`: six charts by seaborn, and a result."""

from pathlib import Path

import nbformat

from tests.notebooks.stubs import PARAMETERS, show

IMPORTS = """\
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
"""
DATA = """\
drawn = np.random.default_rng(7)
deals = pd.DataFrame({
    "month": drawn.integers(1, 13, 900), "region": drawn.choice(list("NSWE"), 900),
    "size": drawn.choice(["small", "medium", "large"], 900),
    "amount": drawn.lognormal(9, 1, 900), "days": drawn.gamma(3, 20, 900)})
deals.groupby("region")["amount"].describe()
"""
CHARTS = (
    'sns.lineplot(deals, x="month", y="amount", hue="region")',
    'sns.barplot(deals, x="region", y="amount", hue="size")',
    'sns.boxplot(deals, x="size", y="days")',
    'sns.histplot(deals, x="days", hue="size", kde=True)',
    'sns.scatterplot(deals, x="days", y="amount", hue="region", size="amount")',
    'sns.heatmap(deals.pivot_table(index="region", columns="month", values="amount"), annot=True)',
)


def write(path: Path) -> None:
    """Write the notebook."""
    drawn = [f"plt.figure(figsize=(8, 4))\n{chart};" for chart in CHARTS]
    cells = [nbformat.v4.new_code_cell(one) for one in (PARAMETERS, IMPORTS, DATA, *drawn)]
    cells += [nbformat.v4.new_code_cell(show("bench", tables="{}"))]
    cells[0].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)
