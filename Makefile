# Medienbrücke: the words a developer or operator needs; each works in a fresh clone, and again.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CODE := app catalogue database loans schools search_index tests tools

.DEFAULT_GOAL := help
.PHONY: help demo test check static bench bench-lending bench-search bench-relevance soak messages lock clean

help: ## list these words
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/'

demo: .venv/installed ## fill a fictitious county and serve it on http://127.0.0.1:8000 (PORT)
	$(BIN)/medienbruecke demo

test: .venv/installed ## every test that this machine can run; says what it left out
	$(BIN)/pytest -n $(JOBS) --dist loadgroup --durations=10 $(ARGS)

check: static test ## format, lint, types, import contracts, tests: before every commit

static: .venv/installed
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed ## speed and load, a line a figure: name, value, unit, goal, ok or short
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-lending: .venv/installed ## bookings, scans and availability: speed and load
	$(BIN)/python -m tests.benchmarks.lending $(ARGS)

bench-search: .venv/installed .bench/installed ## how fast search is beside other engines (--size, --records FOLDER)
	PYTHONPATH=.bench $(BIN)/python -m tests.benchmarks.search $(ARGS)

bench-relevance: .venv/installed ## how well search answers 225 questions of teachers, and where it fails
	$(BIN)/python -m tests.benchmarks.relevance $(ARGS)

soak: .venv/installed ## the tests at their full count; takes hours
	EFFORT=soak $(BIN)/pytest --durations=10 $(ARGS)

messages: .venv/installed ## collect the texts to translate and compile the German
	$(BIN)/python tools/translate.py

lock: .venv/installed ## pin the newest packages that setup.cfg allows
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile setup.cfg --extra dev --generate-hashes --python-version 3.11 -q --no-header -o requirements.lock
	sed -i '1i \# Every package pinned with its hash; made by `make lock` from setup.cfg.' requirements.lock
	echo tantivy | $(BIN)/uv pip compile - --generate-hashes --python-version 3.11 -q --no-header --no-annotate -o requirements-bench.txt

clean: ## remove what was installed and built, but no data
	rm -rf .venv .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build

# Packages of the benchmarks alone; where one does not install, the figures leave its engine out.
.bench/installed: requirements-bench.txt .venv/installed
	@echo 'Installing the packages of requirements-bench.txt …'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target .bench -r requirements-bench.txt || mkdir -p .bench
	@touch $@

.venv/installed: requirements.lock setup.cfg pyproject.toml app/translations/de/LC_MESSAGES/messages.po
	@command -v $(PYTHON) >/dev/null || { echo 'Python is missing. Please run: apt install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed; on Debian 12 run: apt install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'The venv module is missing. Please run: apt install python3-venv' >&2; exit 1; }
	@test -x $(BIN)/python || { echo 'Making a virtual environment …'; $(PYTHON) -m venv .venv; }
	@echo 'Installing the packages of requirements.lock …'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/pybabel --quiet compile --directory app/translations --domain messages
	@touch $@
