# Everything runs in .venv, made on the first call from requirements*.txt. Needs make and Python 3.11 or newer.
# Another interpreter: make demo PYTHON=python3.12        Another port: make demo PORT=5100

PYTHON ?= python3
UV ?= uv
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --quiet
# What is installed: the shop alone, or everything for development, which contains the shop.
SHOP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
PO := $(wildcard storefront/translations/*/LC_MESSAGES/*.po payments_moota/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

LOCK := pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-annotate
SHOP_EXTRAS := --extra shop --extra server
DEV_EXTRAS := $(SHOP_EXTRAS) --extra postgres --extra redis --extra dev --extra browser

COMPILE := import sys; from babel.messages import mofile, pofile; \
	source, target, locale = sys.argv[1:]; \
	mofile.write_mo(open(target, "wb"), pofile.read_po(open(source, "rb"), locale=locale))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint bench screenshots translations tables lock

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(SHOP) $(MO) ## shop, worker and pretend bank on http://127.0.0.1:5000, until Ctrl-C
	@$(PY) -m storefront.demo

test: $(DEV) $(MO) ## the whole test suite; ARGS="-k late" chooses
	$(PY) -m pytest --numprocesses auto $(ARGS)

lint: $(DEV) ## style, types and who may import whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

bench: $(DEV) $(MO) ## the benchmarks
	$(PY) -m benchmarks.run $(ARGS)

screenshots: $(DEV) $(MO) ## the pictures in docs/screenshots, taken anew
	$(PY) tests/browser/screenshots.py

translations: $(DEV) ## take new texts into the catalogues
	$(PY) tests/contracts/catalogues.py

tables: $(DEV) ## write the tables in docs/ anew from the code
	$(PY) tests/contracts/doc_tables.py

lock: ## choose the versions in requirements*.txt anew; ARGS=--upgrade takes the newest
	@command -v $(UV) >/dev/null || { echo "uv is missing: pipx install uv, or make lock UV=/path/to/uv" >&2; exit 1; }
	$(UV) $(LOCK) $(DEV_EXTRAS) --output-file requirements-dev.txt $(ARGS)
	$(UV) $(LOCK) $(SHOP_EXTRAS) --constraint requirements-dev.txt --output-file requirements.txt $(ARGS)
	@if grep -n '://' requirements.txt requirements-dev.txt; then echo "An address got into the lines above." >&2; exit 1; fi

$(SHOP): requirements.txt pyproject.toml | $(PY)
	@echo "Installing the shop into $(VENV). The first time this takes a minute or two."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps -e .
	@touch $@

$(DEV): requirements-dev.txt pyproject.toml | $(PY)
	@echo "Installing the shop and the tools for its tests into $(VENV). The first time this takes a minute or two."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@$(PIP) install --no-deps -e .
	@touch $(SHOP) $@

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed and this is $$($(PYTHON) -V): apt-get install python3.11-venv, then add PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install $(notdir $(PYTHON))-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

$(MO): %.mo: %.po | $(SHOP)
	@$(PY) -c '$(COMPILE)' $< $@ $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
