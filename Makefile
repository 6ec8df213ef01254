# Every target sets up what it needs and leaves alone what is done: the marks stand beside the
# work that they vouch for, so deleting a folder is enough to have it made again.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

MADE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PACKAGES := node_modules/.installed
BUNDLE := static/dist/.built
SITE := staticfiles/.collected
# Folders too: a deleted file changes nothing else.
SOURCES := $(shell find static -mindepth 1 -path static/dist -prune -o -path static/tests -prune -o -print)

# What the database has a part in; all else is tested once.
DATABASE_TESTS = accounts assistant cloudrun ide staff \
	$(addprefix sandbox/tests/test_,admission.py caller_limits.py http.py restart.py retention.py socket.py summaries.py)

# Tests and checks use neither the operator's .env nor their data.
SCRATCH = ENV_FILE=/dev/null DATA_DIR=.cache/$@

.PHONY: help run setup test hostile test-js lint format e2e bench bench-page bench-assistant \
	bench-class-view bench-admin clean
.DELETE_ON_ERROR:

help:
	@echo "make run     set up and start the IDE; the settings are in .env.example"
	@echo "make test    unit and contract tests, on PostgreSQL too where TEST_DATABASE_URL names one"
	@echo "make hostile  programs that try to break out of the sandboxes"
	@echo "make e2e     journeys in a real browser"
	@echo "make lint    style, types and the direction of imports"
	@echo "make format  put the sources in shape"
	@echo "make bench   the figures of docs/performance.md in 12 minutes; ARGS=--quick for a look"
	@echo "make bench-page  the page beside Monaco's, for docs/page-performance.md, in 8 minutes"
	@echo "make bench-assistant  the assistant's streams, and runs beside fifty of them, in 7 minutes"
	@echo "make bench-class-view  how soon a class is seen, and what that costs it, in 7 minutes"
	@echo "make bench-admin  staff's pages with a million runs in PostgreSQL, in 10 minutes"
	@echo "make clean   remove all that was set up; data/ stays"

.DEFAULT_GOAL := help

run: setup
	@deploy/ensure-sandbox
	@echo "==> Bringing the database up to date"
	@$(PY) manage.py migrate --verbosity 0
	@echo "==> Starting the server"
	@exec $(PY) manage.py serve

setup: $(SITE)

test: $(DEV) $(SITE) test-js
	@mkdir -p .cache/$@
	@echo "==> Testing on SQLite"
	@$(SCRATCH) DATABASE_URL= $(PY) -m pytest $(or $(ARGS),--ignore=sandbox/tests/hostile)
	@url="$${TEST_DATABASE_URL:-$$DATABASE_URL}"; [ -z "$$url" ] || { \
		echo "==> Testing on $${url%%:*}"; \
		$(SCRATCH) DATABASE_URL="$$url" $(PY) -m pytest $(or $(ARGS),$(DATABASE_TESTS)); }

hostile: $(DEV) $(SITE)
	@mkdir -p .cache/$@
	@echo "==> Attacking the sandboxes (about five minutes)"
	@$(SCRATCH) DATABASE_URL= $(PY) -m pytest sandbox/tests/hostile $(ARGS)

test-js: $(PACKAGES)
	@echo "==> Testing the JavaScript"
	@deploy/with-node npm run --silent test

lint: $(DEV) $(PACKAGES)
	@mkdir -p .cache/$@
	@echo "==> ruff"
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@echo "==> mypy"
	@$(SCRATCH) $(PY) -m mypy
	@echo "==> import-linter"
	@$(SCRATCH) $(VENV)/bin/lint-imports --no-cache
	@echo "==> biome and tsc"
	@deploy/with-node npm run --silent lint

format: $(DEV) $(PACKAGES)
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format
	@deploy/with-node npm run --silent format

e2e: $(DEV) $(SITE)
	@deploy/ensure-sandbox
	@deploy/ensure-command chromium chromium
	@mkdir -p .cache/$@
	@echo "==> Walking through the site in Chromium"
	@$(SCRATCH) DATABASE_URL= $(PY) -m pytest e2e $(ARGS)

bench: $(DEV) $(SITE)
	@deploy/ensure-sandbox
	@mkdir -p .cache/$@
	@echo "==> Measuring"
	@$(SCRATCH) $(PY) -m benchmarks $(ARGS)

bench-page: $(DEV) $(SITE)
	@deploy/ensure-sandbox
	@deploy/ensure-command chromium chromium
	@mkdir -p .cache/$@
	@echo "==> Measuring the page"
	@$(SCRATCH) $(PY) -m benchmarks.page $(ARGS)

bench-assistant: $(DEV) $(SITE)
	@deploy/ensure-sandbox
	@mkdir -p .cache/$@
	@echo "==> Measuring the assistant"
	@$(SCRATCH) $(PY) -m benchmarks.assistant $(ARGS)

bench-class-view: $(DEV) $(SITE)
	@deploy/ensure-sandbox
	@mkdir -p .cache/$@
	@echo "==> Measuring the class view"
	@$(SCRATCH) $(PY) -m benchmarks.class_view $(ARGS)

bench-admin: $(DEV) $(SITE)
	@mkdir -p .cache/$@
	@echo "==> Measuring the pages of staff"
	@$(SCRATCH) $(PY) -m benchmarks.admin $(ARGS)

clean:
	rm -rf $(VENV) node_modules static/dist staticfiles .cache .mypy_cache .ruff_cache .pytest_cache

# An upgrade of the machine's Python leaves an environment without its interpreter.
ifeq ($(shell test -x $(PY) || echo gone),gone)
.PHONY: $(MADE)
endif

$(MADE):
	@deploy/ensure-venv "$(PYTHON)" $(VENV)
	@touch $@

$(RUNTIME): requirements.txt constraints.txt | $(MADE)
	@echo "==> Installing the Python packages (about half a minute the first time)"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "==> Installing the packages for tests and checks"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(PACKAGES): package.json package-lock.json | $(MADE)
	@echo "==> Installing the JavaScript packages"
	@deploy/with-node npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): $(SOURCES) $(PACKAGES)
	@echo "==> Building the front end"
	@deploy/with-node npm run --silent build
	@touch $@

$(SITE): $(BUNDLE) $(RUNTIME) cloudrun/settings.py
	@echo "==> Collecting the static files"
	@$(PY) manage.py collectstatic --clear --no-input --verbosity 0
	@touch $@
