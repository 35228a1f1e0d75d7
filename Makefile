# make reproduce   install, then run the workbook (PROFILE=quick by default); what is unchanged is skipped
# make test        install, lint, tests
# make lab         JupyterLab on the notebooks
# make clean       remove the environment, caches and the results of every profile (outputs/reference stays)

PYTHON ?= python3
VENV ?= .venv
PROFILE ?= quick
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: reproduce test lab clean

reproduce: $(INSTALLED)
	$(BIN)/python -m llamoco_lib.pipeline run --profile $(PROFILE)

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

lab: $(INSTALLED)
	$(BIN)/jupyter lab notebooks

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis llamoco_lib.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find outputs -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} + 2>/dev/null || true

$(INSTALLED): requirements.txt requirements-nodeps.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -r requirements-nodeps.txt -e .
	touch $@
