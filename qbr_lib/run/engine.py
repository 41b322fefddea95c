"""papermill's own engine, without a file written twice a cell."""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

NAME = "qbr"


class WritingOnce(NBClientEngine):  # type: ignore[misc]
    """Executes as papermill does; the notebook is written before the first cell and at the end.

    The end is where it stopped, however it did: what failed is kept up to there. Written at the
    beginning and end of each cell, a page full of charts costs a second.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **given: Any
    ) -> None:
        """Execute the notebook; papermill writes it afterwards, and `nb_man` where this raises."""
        path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **given)
        except BaseException:
            nb_man.output_path = path
            raise


papermill_engines.register(NAME, WritingOnce)
