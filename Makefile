# Everything a developer or an operator does with this repository. `make help` lists it.
# Needs make and Python 3.11+ only; pip takes its index from PIP_INDEX_URL or its own settings.

SHELL := /bin/sh
.DEFAULT_GOAL := help
export NO_COLOR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

SUITABLE := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c '$(SUITABLE)' >/dev/null 2>&1 && { echo $$python; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEVELOP := $(VENV)/.installed-develop
PACKAGES := bot handlers keyword_rules config twin commands bench tests
COMPILE := $(BIN)/uv pip compile pyproject.toml --extra postgres --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--annotation-style line --custom-compile-command 'make lock' --quiet
ARGS ?=

.PHONY: help setup demo worlds test fmt lint types law unit rules rules-quality rules-live docs-check docs \
	trace-update lock kill points faults mutants conformance differential bench image clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1 ~ \2/p' $(MAKEFILE_LIST) | \
		while IFS='~' read -r name text; do printf '%-15s%s\n' "$$name" "$$text"; done

setup: $(RUN)  ## make .venv with what the program needs

demo: $(RUN)  ## play a store's day against the twin (ARGS="--once --json")
	@$(BIN)/python run.py demo $(ARGS)

test: lint types law rules  ## everything that must hold before a change lands
	@$(BIN)/pytest -n logical -m 'not mutants' $(ARGS)

fmt: $(DEVELOP)  ## format, and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

lint: $(DEVELOP)  ## style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEVELOP)  ## mypy --strict over everything, tests included
	@$(BIN)/mypy run.py docker/health.py $(PACKAGES)

law: $(DEVELOP)  ## who may import whom
	@$(BIN)/lint-imports --no-logo

unit: $(DEVELOP)  ## the quick tests only
	@$(BIN)/pytest -n logical -m 'not slow and not kill and not browser and not mutants' $(ARGS)

rules: $(DEVELOP)  ## the sample rules, their cases, the sample content
	@$(BIN)/python run.py check

docs-check: $(DEVELOP)  ## the pages: commands run, twins agree, links resolve, tables current
	@$(BIN)/pytest tests/test_docs.py tests/test_pages_name_code.py tests/test_cli_page.py \
		tests/test_effects_page.py tests/test_calls_page.py tests/test_errors.py tests/test_json_schema.py \
		tests/test_platforms_page.py tests/test_tutorial.py tests/test_metrics.py \
		tests/test_rules_quality.py $(ARGS)

docs: $(DEVELOP)  ## write the generated tables of the pages anew
	@$(BIN)/python -m tests.cli_page
	@$(BIN)/python -m tests.effects_page
	@$(BIN)/python -m tests.calls_page
	@$(BIN)/python -m tests.errors_page
	@$(BIN)/python -m tests.platforms_page
	@$(BIN)/python -m tests.metrics_page
	@$(BIN)/python -m tests.findings_page
	@$(BIN)/python -m tests.matching.page

trace-update: $(DEVELOP)  ## write the golden traces anew; the difference is the review
	@$(BIN)/pytest tests/test_golden.py --update-traces $(ARGS)

kill: $(DEVELOP)  ## kill processes where it hurts (N=500 ENGINE=postgres WORKERS=4 SEED=1)
	@$(BIN)/python -m tests.drills kill --n $(or $(N),60) --engine $(or $(ENGINE),sqlite) \
		--workers $(or $(WORKERS),0) --seed $(or $(SEED),1) $(ARGS)

points: $(DEVELOP)  ## kill processes at each labelled point (N=20 ENGINE=postgres)
	@$(BIN)/python -m tests.drills points --repeats $(or $(N),20) \
		--engine $(or $(ENGINE),sqlite) --workers $(or $(WORKERS),0) --seed $(or $(SEED),1) $(ARGS)

faults: $(DEVELOP)  ## trouble of platforms, stores, clocks, processes; the twin's book judges (ARGS="E1 F3" ENGINE=postgres)
	@$(BIN)/python -m tests.drills faults --engine $(or $(ENGINE),sqlite) $(ARGS)

worlds: $(RUN)  ## play every world's scripts, judge each book (ARGS=wumei)
	@$(BIN)/python run.py worlds $(ARGS)

rules-quality: $(DEVELOP)  ## how well the sample rules match, by labelled messages (LABELS=FILE ARGS=--wrong)
	@$(BIN)/python -m tests.matching $(if $(LABELS),--labels '$(LABELS)') $(ARGS)

rules-live: $(DEVELOP)  ## edit, break and pause rules under 200 messages a second (ARGS="--rules 10000")
	@$(BIN)/python -m tests.drills live $(ARGS)

mutants: $(DEVELOP)  ## take each safeguard away; its test, or the audit, must notice (ARGS="NAME ...")
	@$(BIN)/python -m tests.mutants $(ARGS)
	@test -n '$(ARGS)' || $(BIN)/pytest tests/test_sabotage.py

conformance: $(DEVELOP)  ## read the published cases (CASES=DIR) and tell what does not hold
	@$(BIN)/python -m tests.conformance $(CASES)

differential: $(DEVELOP)  ## compare codec and parser with wechatpy's (ARGS="MESSAGES SEED")
	@$(BIN)/python -m tests.differential $(ARGS)

bench: $(DEVELOP)  ## measure what we claim about speed
	@$(BIN)/python -m bench $(ARGS)

lock: $(DEVELOP)  ## resolve both lock files anew (ARGS=--upgrade)
	@$(COMPILE) $(ARGS) --output-file requirements.lock
	@$(COMPILE) $(ARGS) --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock

image:  ## build the Docker image xiaoer
	@docker build --build-arg PIP_INDEX_URL --tag xiaoer .

clean:  ## remove the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find $(PACKAGES) -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment: made once, refreshed when its lock file is newer -----------------------

$(BIN)/python:
	@test -n '$(PYTHON)' || { \
		echo '需要 Python 3.11 或更高版本（含 venv 模块），本机没有找到；可用 make PYTHON=/path/to/python3 指定。' >&2; \
		echo 'Python 3.11 or newer with its venv module is needed and was not found;' >&2; \
		echo 'name one with: make PYTHON=/path/to/python3' >&2; exit 2; }
	@$(PYTHON) -c '$(SUITABLE)' || { \
		echo '$(PYTHON) 低于 3.11 或缺少 venv / older than 3.11, or without venv' >&2; exit 2; }
	@echo "creating $(VENV) with $$($(PYTHON) --version) (first time only)"
	@$(PYTHON) -m venv --clear $(VENV)

$(RUN): requirements.lock | $(BIN)/python
	@echo 'installing what the program needs (first time only; about 20 seconds, 190 MB) ...'
	@$(BIN)/python -m pip install --progress-bar off --quiet --require-hashes -r requirements.lock
	@echo 'installed'
	@touch $@

# The develop lock contains the run lock, so one install serves both.
$(DEVELOP): requirements-dev.lock | $(BIN)/python
	@echo 'installing what tests and checks need (first time only; about 40 seconds, 600 MB) ...'
	@$(BIN)/python -m pip install --progress-bar off --quiet --require-hashes \
		-r requirements-dev.lock
	@echo 'installed'
	@touch $(RUN) $@
