# Xinqiao: set up, demonstrate, check and test. A second run of any target installs nothing again.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKSPACE ?= var/demo
DATA ?=

# Java for Spark: the machine's, unless the wheel's had to be installed (.ci/java).
WITH_JAVA = if [ -x .venv/java/bin/java ]; then export JAVA_HOME="$(CURDIR)/.venv/java"; fi;

export DO_NOT_TRACK = 1
export BENTOML_DO_NOT_TRACK = True
export MLFLOW_DISABLE_TELEMETRY = true

.PHONY: help demo serve test real check format clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.installed ## the main job: records -> features -> models -> service -> report, in var/demo
	$(BIN)/xinqiao demo --workspace $(WORKSPACE) $(DEMO)

serve: .venv/.installed ## serve the portal and the bank API of an existing workspace
	$(BIN)/xinqiao serve --workspace $(WORKSPACE)

test: .venv/.installed-dev .venv/.browser .venv/.java ## all tests that need no outside data
	$(WITH_JAVA) $(BIN)/pytest -n 2 --dist loadfile -m "not real"
	$(BIN)/pytest -q --nbmake notebooks

real: .venv/.installed-dev ## tests on real data that the project may not ship: make real DATA=../shared/data
	@test -d "$(DATA)" || { echo 'make real needs DATA=<folder with the public data sets>, e.g. make real DATA=../shared/data'; exit 2; }
	XINQIAO_DATA="$(abspath $(DATA))" $(BIN)/pytest -m real

check: .venv/.installed-dev ## lint, format, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.installed-dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the virtual environment and all workspaces under var/
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo 'Python 3.11 is needed: make PYTHON=/path/to/python3.11 ...'; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

# The development set contains the other, so one install serves both.
.venv/.installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch .venv/.installed $@

.venv/.browser: .ci/browser | .venv/bin/python
	.ci/browser
	@touch $@

.venv/.java: .ci/java | .venv/bin/python
	.ci/java
	@touch $@
