# Everything a person types here. `make run` and `make test` set up what they need.
.DEFAULT_GOAL := help
SHELL := /bin/sh
CZECH := registration/translations/cs/LC_MESSAGES/messages
FAMILIAR := registration/translations/cs@tykani/LC_MESSAGES/messages
VENV := .venv
BIN := $(VENV)/bin
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock"
INSTALL = ./.ci/install
# pybabel leaves folders out whose names begin with an underscore, unless they are named.
SPEAKING = registration templates templates/_layout templates/_components
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Node knows its own certificates only; a company's own authority is among the system's.
export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
# What is imported is compiled once, not by each of the many processes that are started.
unexport PYTHONDONTWRITEBYTECODE
export HOST ?= 127.0.0.1
export PORT ?= 8000

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: export DEMO = 1
run: setup ## set everything up and run the demo
	@exec flask --app wsgi demo run

setup: $(VENV)/.runtime static/vendor/.ready $(CZECH).mo $(FAMILIAR).mo ## install what the application needs

test: setup-dev ## run every test
	@.ci/system-packages test || true
	@# Measuring coverage costs two thirds of a test's time: once, and where rules and operations are tested.
	pytest -n 3 --dist worksteal -m "not (postgresql or shown or browser or processes)" --cov --cov-report=
	pytest -n 3 --dist worksteal -m "(postgresql or shown) and not (browser or processes)"
	@# File by file, since each starts a demo of its own.
	pytest -n 3 --dist loadfile -m "browser or processes"
	coverage report --fail-under=100 --include='registration/*/rules.py,registration/*/operations.py,registration/*/operations/*.py,registration/core/czech.py'

test-fast: export TEST_DATABASES ?= sqlite
test-fast: setup-dev ## run the everyday tests: SQLite only, no browser, no processes, nothing slow
	@.ci/system-packages test || true
	pytest -n 2 --dist worksteal -m "not browser and not processes and not slow"

check: setup-dev ## lint, types, contracts, templates
	ruff check
	ruff format --check
	mypy
	lint-imports
	djlint --check --lint --quiet templates

bench: setup-dev ## measure the speed; ONLY="post form" DATABASE=sqlite QUICK=1 measure less; DRIVER=light drives lightly
	@python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(DATABASE),--database $(DATABASE)) $(if $(DRIVER),--driver $(DRIVER)) $(if $(QUICK),--quick)

bench-door: setup-dev ## measure the door; ONLY="scans lists camera" DATABASE=sqlite QUICK=1 measure less; DRIVER=plain
	@python -m bench.door $(if $(ONLY),--only $(ONLY)) $(if $(DATABASE),--database $(DATABASE)) $(if $(DRIVER),--driver $(DRIVER)) $(if $(QUICK),--quick)

bench-papers: setup-dev ## measure certificates and badges against the naive way and reportlab; QUICK=1 a tenth of them
	@python -m bench.papers $(if $(QUICK),--quick)

format: setup-dev ## put code and templates in order
	ruff check --fix
	ruff format
	djlint --reformat --quiet templates

picture: setup-dev ## draw the picture of the README anew
	PICTURES=1 pytest tests/journeys/test_browser.py -k picture

lock: setup-dev ## write the requirements files anew from pyproject.toml
	$(LOCK) --upgrade pyproject.toml -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --group dev -o requirements-dev.txt
	$(LOCK) --upgrade --group node -o requirements-node.txt

messages: setup-dev ## collect new messages into the Czech catalogue
	pybabel --quiet extract -F babel.cfg --no-location --sort-output -k lazy_gettext -o $(VENV)/messages.pot $(SPEAKING)
	pybabel --quiet update -i $(VENV)/messages.pot -d registration/translations -l cs --no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date

setup-dev: setup $(VENV)/.dev

$(BIN)/python:
	@.ci/system-packages python
	@python3 -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@.ci/system-packages runtime
	@echo "Installing Python packages…"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc | $(VENV)/.runtime
	@command -v npm >/dev/null || $(INSTALL) -r requirements-node.txt
	@echo "Installing fonts…"
	@npm ci --silent --fetch-retries=1
	@touch $@

static/vendor/.ready: node_modules/.package-lock.json .ci/vendor
	@.ci/vendor
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@pybabel --quiet compile -i $< -o $@

.PHONY: help run setup setup-dev test test-fast check bench bench-door format picture lock messages
