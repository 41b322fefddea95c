"""Controls a person moves in JupyterLab, each with a static twin for the page."""
