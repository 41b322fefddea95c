# What can be done here; "make" alone prints this list.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys,venv,ensurepip; raise SystemExit(not (3,11) <= sys.version_info[:2] <= (3,13))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help

.PHONY: help env demo check test format words golden lock clean

help: ## print this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

env: $(READY) ## make the environment .venv from requirements.lock

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed; none was found."; exit 2; }
	@echo "Making .venv with $(PYTHON) (one to seven minutes, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/installer.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/installer.txt 2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@$(BIN)/uv pip install --quiet --system-certs --compile-bytecode --python $(BIN)/python --no-deps --require-hashes -r requirements.lock 2>>$(VENV)/install.log \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . 2>>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $@

demo: $(READY) ## run the sample organisation's workbooks and print the path of the index
	@$(BIN)/qbr demo

check: $(READY) ## style, types, floors, spelling, both languages complete
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@$(BIN)/python -m pytest -q tests/catalogue tests/notebooks/test_shape.py

# Notebooks one after the other: two kernels that start at one moment may draw the same port.
test: $(READY) ## all tests, and the notebooks with their number cells compared
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile
	@$(BIN)/python -m pytest -q -p no:xdist -o addopts="" -o filterwarnings=default --nbval-lax --nbval-current-env --nbval-cell-timeout=300 notebooks

format: $(READY) ## put code into the house format
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

words: $(READY) ## bring new texts into the German catalogue
	@$(BIN)/python -m qbr_lib.words.extract

golden: $(READY) ## keep the record's schema and the notebooks' compared numbers anew; review the diff
	@$(BIN)/python -c "from pathlib import Path; from qbr_lib.record import export_schema; export_schema(Path('parameters'))"
	@$(BIN)/jupyter nbconvert --log-level=ERROR --to notebook --execute --inplace notebooks/*.ipynb
	@$(BIN)/nbstripout --keep-id --keep-count --extra-keys "metadata.papermill cell.metadata.papermill cell.metadata.execution" notebooks/*.ipynb

lock: ## resolve requirements.lock anew (needs uv)
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev --python-version 3.11 --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock

clean: ## remove everything that can be made again; history/ stays
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
