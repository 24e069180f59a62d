# Every command of this project. `make demo` and `make test` set up what they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check format build deploy bench lock clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: $(READY)  ## Run one workflow on this machine: a topic in, an approved report out
	@$(BIN)/galley run "How lighthouses made their lights seen farther" --approve

test: check  ## Check the code and run every test
	@$(BIN)/python -m pytest

check: $(READY)  ## Lint, types, template, structure of the repository
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/cfn-lint template.yaml
	@$(BIN)/python -m pytest --quiet tests/unit/test_structure.py

format: $(READY)  ## Put the code in its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## Print figures: seconds and memory of the demo and of 1,000 documents
	@$(BIN)/python -m bench

build:  ## Build what is deployed (needs the SAM CLI)
	@sam build

deploy: build  ## Deploy to AWS (needs the SAM CLI and credentials)
	@sam deploy --guided

lock: $(READY)  ## Renew the pinned requirements from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --extra dev pyproject.toml --output-file requirements.txt

clean:  ## Remove what was made here
	rm -rf $(VENV) .aws-sam .mypy_cache .ruff_cache .pytest_cache

# The environment is made anew when the pins or the package change, and only then.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Galley needs Python 3.11 or newer; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
