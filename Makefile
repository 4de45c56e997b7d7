# What a developer and a machine do with this code. `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# Settled by the lock alone: no user's packages, no bytecode of another interpreter.
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test check bench soak wheel lock format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## Build .venv from the hashed lock (done by itself where it is needed)

demo: .venv/.ready ## Run the demo: everything on this machine, nothing to configure (ARGS="--port 8000")
	@$(BIN)/guardian demo $(ARGS)

test: .venv/.ready ## Run all tests, with all set-up they need (ARGS are handed to pytest)
	@$(BIN)/python tests/run.py $(ARGS)

check: .venv/.ready ## Lint, format, types, import rules, architecture
	@status=0; \
	for step in 'ruff check .' 'ruff format --check .' mypy lint-imports 'python -m pytest tests/architecture'; do \
	  echo "== $$step"; $(BIN)/$$step || status=1; \
	done; exit $$status

format: .venv/.ready ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.ready ## Measure each path beside its limit (ARGS="decision.single --json")
	@$(BIN)/guardian bench $(ARGS)

soak: .venv/.ready ## Run the long tests at full counts
	@$(BIN)/python tests/run.py --soak $(ARGS)

wheel: .venv/.ready ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

lock: .venv/.ready ## Make requirements.lock anew from pyproject.toml (hashes, every platform, no registry host)
	$(BIN)/python -m pip install --quiet uv
	UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --upgrade \
	  --output-file requirements.lock

# A stamp, so that nothing happens while lock and project stand as they were.
.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or later is needed; name it: make setup PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
	  else \
	    echo 'Python cannot make a virtual environment here. Run: sudo apt-get install python3-venv' >&2; exit 1; \
	  fi; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/.ready
