# Targets that begin with a letter and carry a ## comment document themselves under `make help`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | awk -F'\t' '{printf "  %-18s %s\n", $$1, $$2}'

# The environment is made from uv.lock, whichever package index this machine is configured with:
# the lock holds versions and hashes and names no index, so a mirror needs no change to it.
PACKAGES := packages/metacontroller-offline packages/kubectl-open-notebook packages/substratus-loader
PROJECTS := pyproject.toml $(PACKAGES:%=%/pyproject.toml)
$(VENV)/.ready: uv.lock $(PROJECTS)
	@$(PYTHON) -c 'import sys; sys.exit("substratus needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.x.") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv export --quiet --frozen --all-packages --no-emit-workspace --no-header --no-annotate --output-file $(VENV)/requirements.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --requirements $(VENV)/requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . $(PACKAGES:%=--editable %)
	@touch $@

.PHONY: env
env: $(VENV)/.ready ## Make the Python environment in .venv from uv.lock.

.PHONY: lock
lock: ## Resolve the dependencies of all pyproject.toml files again into uv.lock.
	@rm -rf build/lock && mkdir -p build/lock && cp --parents $(PROJECTS) build/lock && cd build/lock && ../../$(BIN)/uv lock --no-cache
	@sed -E 's#url = "[^"]*/([^"/]+)"#path = "\1"#; s#registry = "[^"]+"#registry = "index"#; s#, upload-time = "[^"]*"##' build/lock/uv.lock > uv.lock

.PHONY: test
test: env ## Run the tests that need no cluster, the packages' own among them.
	@$(BIN)/pytest
	@for package in $(PACKAGES); do $(BIN)/pytest $$package; done

.PHONY: e2e
e2e: env ## Run e2e-kwok and e2e-node: what can run on this machine, and why the rest cannot.
	@failed=0; $(MAKE) --no-print-directory e2e-kwok || failed=1; $(MAKE) --no-print-directory e2e-node || failed=1; exit $$failed

.PHONY: e2e-kwok
e2e-kwok: env ## Run the tests against a real API server and, where there is one, a real Metacontroller.
	@$(BIN)/pytest tests/e2e -s --ignore=tests/e2e/node

.PHONY: e2e-node
e2e-node: env ## Run the tests on a real node, as root on Linux.
	@$(BIN)/pytest tests/e2e/node -s

SECONDS ?= 600
.PHONY: explore
explore: env ## Go through the orders of events of large cases, each for SECONDS, and of hooks with faults.
	@SECONDS=$(SECONDS) $(BIN)/python -m tests.explorer.explore

.PHONY: offline-record
offline-record: env ## Record again what a real API server and Metacontroller answer; git diff shows what changed.
	@$(BIN)/python packages/metacontroller-offline/recorder/live.py

.PHONY: e2e-mission
e2e-mission: env ## Run those of them that show the whole mission: from git to an answer.
	@$(BIN)/pytest tests/e2e/node/test_impossible.py tests/e2e/node/test_leftovers.py tests/e2e/node/test_tiny.py -s

.PHONY: cluster
cluster: env ## Start a cluster with one real node and the project installed; print its KUBECONFIG.
	@$(BIN)/python tests/e2e/standing.py up

.PHONY: cluster-down
cluster-down: env ## End that cluster, and whatever is left of one.
	@$(BIN)/python tests/e2e/standing.py down

.PHONY: fmt
fmt: env ## Format the code.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: check
check: env ## Check format, lint, types, import contracts and that generated files are up to date.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools --check

.PHONY: generate
generate: env ## Write the CRDs, the controllers, the generated pages and what packages have of the hooks.
	@$(BIN)/python -m tools

.PHONY: controllers
controllers: env ## Print the controllers with hooks at HOOKS=http://host:port.
	@$(BIN)/substratus controllers $(if $(HOOKS),--hooks $(HOOKS))

PORT ?= 8090
.PHONY: serve
serve: env ## Serve the hooks on 127.0.0.1:PORT, with the settings of CONFIG=file or the defaults.
	@CONFIG="$(CONFIG)" $(BIN)/gunicorn --config python:hooks.server.gunicorn --bind 127.0.0.1:$(PORT) 'hooks.server.app:create_app()'

.PHONY: demo
demo: env ## Run examples/ against the real server and an offline Metacontroller; write build/demo/.
	@$(BIN)/substratus simulate --file examples --file examples/tiny --serve --write build/demo

MEGABYTES ?= 1000
.PHONY: loader-faults
loader-faults: env ## Load MEGABYTES of each kind of source, killed and broken off ten times; print times and memory.
	@$(BIN)/python packages/substratus-loader/tests/broken_loads.py --megabytes $(MEGABYTES)

.PHONY: bench
bench: env ## Measure the hooks beside a bare echo, offline convergence per parent, and the largest objects.
	@$(BIN)/python tests/bench/latency.py
	@$(BIN)/python tests/bench/convergence.py
	@$(BIN)/python tests/bench/startup.py
	@$(BIN)/python tests/bench/largest.py

SIZES ?= 100 1000
.PHONY: bench-cluster
bench-cluster: env ## Measure what a parent costs on a real API server, at SIZES of Models and of ModelServers.
	@$(BIN)/python tests/bench/parents.py $(SIZES)

.PHONY: bench-neighbours
bench-neighbours: env ## Measure what hostile objects in one namespace cost another's, on a real API server.
	@$(BIN)/python tests/bench/neighbours.py $(if $(BEFORE),--before $(BEFORE))

IMAGE ?= ghcr.io/substratusai/substratus-hooks:0.1.0
BUILDER ?= $(shell command -v docker || command -v podman || command -v buildah)
.PHONY: image
image: ## Build the hook server's image as IMAGE with docker, podman or buildah.
	@test -n "$(BUILDER)" || { echo "No docker, podman or buildah on the PATH; set BUILDER."; exit 1; }
	@$(BUILDER) build $(BUILD_FLAGS) --tag $(IMAGE) .

LOADER_IMAGE ?= ghcr.io/substratusai/substratus-loader:0.1.0$(if $(EXTRAS),-$(EXTRAS))
.PHONY: image-loader
image-loader: ## Build the loader's image as LOADER_IMAGE, with pyarrow where EXTRAS=parquet, with docker, podman or buildah.
	@test -n "$(BUILDER)" || { echo "No docker, podman or buildah on the PATH; set BUILDER."; exit 1; }
	@$(BUILDER) build $(BUILD_FLAGS) $(if $(EXTRAS),--build-arg=EXTRAS=$(EXTRAS)) --file images/loader/Dockerfile --tag $(LOADER_IMAGE) .

.PHONY: clean
clean: ## Remove the environment and everything that was built.
	@rm -rf $(VENV) build dist .hypothesis .mypy_cache .ruff_cache .import_linter_cache
