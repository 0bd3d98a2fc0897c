# Two commands are all a fresh machine needs: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
DEMO := .run/demo.register
COUNT ?=
NAME ?=
SEED ?=

# Debian packages that Qt, its web engine, a virtual screen and the PostgreSQL tests want (docs/architecture.md, "System libraries").
LIBRARIES := libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3 libglib2.0-0 libnss3 libasound2 libxcomposite1 \
  libxdamage1 libxrandr2 libxtst6 libxkbfile1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-xkb1 \
  libxkbcommon-x11-0 libxcb-shape0
TEST_LIBRARIES := xvfb postgresql

.PHONY: help setup libraries test-libraries run test check bench tour faults fuzz race lock locale clean

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup: $(STAMP) ## prepare .venv/ with everything that is pinned

$(STAMP): requirements.lock pyproject.toml | libraries
	@# from nothing whenever a pin changes: what a former set of pins brought must not stay
	@$(PYTHON) -m venv --clear $(VENV) || \
	  { rm -rf $(VENV); LIBRARIES="python3-venv" scripts/libraries.sh && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

libraries:
	@LIBRARIES="$(LIBRARIES)" scripts/libraries.sh

test-libraries:
	@LIBRARIES="$(LIBRARIES) $(TEST_LIBRARIES)" scripts/libraries.sh

run: $(STAMP) ## open the app on the demo register with its own central server beside it
	@scripts/run.sh $(BIN) $(DEMO)

test: $(STAMP) test-libraries ## rules, tests, types, style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(STAMP) ## figures beside their floors, written to benchmarks/results.json
	$(BIN)/python -m benchmarks $(NAME)

faults: $(STAMP) test-libraries ## bad lines, kills and clocks against the exchange: COUNT schedules (default 1000), SEED to repeat
	$(BIN)/python -m tests.faults --count $(or $(COUNT),1000) $(if $(SEED),--seed $(SEED))

fuzz: $(STAMP) ## COUNT requests (default 20000) by the server's own description, and against it
	$(BIN)/python -m tests.server.fuzz --count $(or $(COUNT),20000)

race: $(STAMP) test-libraries ## server processes on one PostgreSQL, COUNT pushes of each of six writers (default 1000)
	$(BIN)/python -m tests.server.race --count $(or $(COUNT),1000)

tour: $(STAMP) ## pictures of every page and every paper into .run/tour
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/inspector tour --out .run/tour

lock: ## pin what pyproject.toml asks for, with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --extra server --extra dev pyproject.toml --output-file requirements.lock

locale: $(STAMP) ## gather the sentences of the program and compile the catalogues
	$(BIN)/python scripts/catalogues.py

clean: ## remove what make made
	rm -rf $(VENV) .run .pytest_cache .mypy_cache .ruff_cache .hypothesis
