# SPDX-License-Identifier: LGPL-2.1-or-later
# make run    the main job on the shipped configuration and events
# make test   lint, types, import laws, tests
# make test-kubernetes   real Kubernetes API servers, built from Debian's source package on first use
# make test-faults      hundreds of seeded trials of what may go wrong, with a table of what came of them
# make test-containers   a real Podman by its Docker API, installed if root can
# make test-lava         a real LAVA server of Debian's packages, installed and started if root can
# make test-postgres   the ledger on a PostgreSQL of its own, installed if root can
# make notebooks   every notebook from top to bottom
# make venv   only install, into .venv
# make lock   write the lock file anew (needs the network)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests use what cores there are; a machine that is shared may want fewer.
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help venv run notebooks test test-faults test-containers test-kubernetes test-lava lint lock clean

help:
	@sed -n 's/^# make /make /p' $(MAKEFILE_LIST)

venv: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

run: venv
	$(BIN)/kci-planner run -c config --once

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint
	$(BIN)/pytest -n $(JOBS)

# KCI_POSTGRES is set inside: the tests of the ledger then run on both databases.
.PHONY: test-postgres
test-postgres: venv
	tests/with-postgres $(BIN)/pytest -n $(JOBS) tests/ledger -k postgresql

test-faults: venv
	$(BIN)/python -m tests.faults.trials --trials 340 --seed 1

test-containers: venv
	$(BIN)/python -m tests.systems.containers.podman
	KCI_TEST_CONTAINERS=1 $(BIN)/pytest -rs tests/systems/containers

test-kubernetes: venv
	$(BIN)/python -m tests.systems.kubernetes.build
	KCI_TEST_KUBERNETES=1 $(BIN)/pytest -rs tests/systems/kubernetes

test-lava: venv
	KCI_TEST_LAVA=1 $(BIN)/pytest -rs tests/systems/lava

lock: venv
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock

notebooks: venv
	$(BIN)/python notebooks/run.py

clean:
	rm -rf $(VENV) run build dist .mypy_cache .ruff_cache .hypothesis
