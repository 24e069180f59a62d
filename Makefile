# Every command of this project. Each sets up what it needs, once, in this folder.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := .tools
# What is built for another processor or runtime is deployed for it: make deploy ARCHITECTURES=x86_64
BUILT_FOR = $(if $(RUNTIME)$(ARCHITECTURES),--parameter-overrides $(RUNTIME:%=Runtime=%) $(ARCHITECTURES:%=Architectures=%))
# Runs what follows with the SAM CLI of this project, and with the uv that its builds call.
SAM    := PATH="$(CURDIR)/$(TOOLS)/sam/bin:$$PATH" SAM_CLI_TELEMETRY=0
LOCK   := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
# What ships to Lambda.
SHIPPED := layer/requirements functions/publish/requirements functions/search_actions/requirements \
    functions/sign_in/requirements functions/web_actions/requirements
# What Lambda has already, where containers stand in for it.
RUNTIME_THERE := tests/container/runtime/requirements

# uv trusts whom this machine trusts, as pip does: networks with authorities of their own.
export UV_SYSTEM_CERTS := true

# Finds the browser, or brings it where that is Debian's way and allowed.
CHROMIUM := command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
    { apt-get --quiet update && apt-get --quiet install --yes --no-install-recommends chromium; } >/dev/null; }
# What follows where there is none: nothing, unless CI asks for every test.
WITHOUT_BROWSER := $(if $(CI),exit 1,true)

.DEFAULT_GOAL := help
.PHONY: help demo test test-container evals attack chaos load check events cost pictures cassettes format build deploy bench lock clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

demo: $(READY)  ## Run one workflow on this machine: a topic in, an approved report out
	@$(BIN)/galley run "How lighthouses made their lights seen farther" --approve

test: check  ## Check the code and run every test that needs no container
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile
	@if $(CHROMIUM); then $(BIN)/python -m pytest tests/browser; \
	    else echo "The browser tests did not run: Debian has the browser as apt install chromium" >&2; $(WITHOUT_BROWSER); fi

evals: $(READY)  ## Run the evals of every role against their baseline, and put a report into reports/evals
	@$(BIN)/galley eval --out reports/evals

attack: $(READY)  ## Attack the approval endpoint of a stack on this machine, and print what came of it
	@$(BIN)/python -m galley_local.attacks

chaos: $(READY)  ## Let every fault happen, each in a run of its own, and print what came of it (about an hour)
	@$(BIN)/python -m galley_local.faults

load: $(READY)  ## Run 200 workflows at once, throttled, and print what came of it (about 15 minutes)
	@$(BIN)/python -m galley_local.load

test-container: $(READY) $(TOOLS)/sam/.ready  ## Run every function in a container, by `sam local`
	@$(SAM) $(BIN)/python -m pytest tests/container

check: $(READY) $(TOOLS)/sam/.ready $(TOOLS)/checkov/.ready  ## Lint, types, template and its transform, structure
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/cfn-lint --config-file tools/cfn-lint.yaml
	@$(SAM) sam validate
	@$(TOOLS)/checkov/bin/checkov --config-file tools/checkov.yaml
	@$(BIN)/python -m pytest --quiet tests/unit/test_structure.py tests/unit/test_package.py

events: $(READY)  ## Renew the sample events from a real run
	@$(BIN)/python -m galley_local.rehearsal

cost: $(READY)  ## Measure what a month costs, and renew docs/cost.md, its counts and its picture
	@$(BIN)/galley cost --table --write docs/cost.md

pictures: $(READY)  ## Renew the pictures in docs/pictures
	@$(BIN)/galley ab simulate --out docs/pictures
	@$(BIN)/python -m docs.pictures

# A few of each role: some that are easy, and some with an order in what is read.
CASSETTES := a-bog-made-wet an-instruction-in-the-topic in-french numbers-that-correct-others \
    an-order-to-forget-everything sources-that-contradict an-order-among-the-claims two-things-at-once \
    an-order-in-a-source

cassettes: $(READY)  ## Record evals/cassettes anew, from the extractive agents
	@rm -rf evals/cassettes
	@$(BIN)/galley eval --record evals/cassettes $(addprefix --case ,$(CASSETTES))

format: $(READY)  ## Put the code in its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) $(TOOLS)/sam/.ready $(TOOLS)/bench/.ready  ## Print figures: seconds, memory, growth, peers (half an hour)
	@$(SAM) $(BIN)/python -m bench

build: $(TOOLS)/sam/.ready  ## Build what is deployed
	@$(SAM) sam build $(BUILT_FOR)

deploy: build  ## Deploy to AWS (needs credentials)
	@$(SAM) sam deploy --guided $(BUILT_FOR)

lock: $(READY)  ## Renew the pins of pyproject.toml, of tools/, and of what ships
	@$(BIN)/uv pip compile $(LOCK) --extra dev --extra model --extra mcp pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile $(LOCK) tools/sam.in --output-file tools/sam.txt
	@$(BIN)/uv pip compile $(LOCK) tools/checkov.in --output-file tools/checkov.txt
	@$(BIN)/uv pip compile $(LOCK) tools/bench.in --output-file tools/bench.txt
	@for each in $(SHIPPED); do $(BIN)/uv pip compile $(LOCK) --constraint requirements.txt \
	    $$each.in --output-file $$each.txt || exit 1; done
	@$(BIN)/uv pip compile $(LOCK) $(RUNTIME_THERE).in --output-file $(RUNTIME_THERE).txt

clean:  ## Remove what was made here
	rm -rf $(VENV) $(TOOLS) .aws-sam .mypy_cache .ruff_cache .pytest_cache

# An environment is made anew when its pins change, and only then.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Galley needs Python 3.11 or newer; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS)/%/.ready: tools/%.txt | $(READY)
	@echo "Setting up $(@D) (once)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip install --quiet --python $(@D)/bin/python --require-hashes --requirement $<
	@touch $@
