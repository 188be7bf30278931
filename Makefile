# Every target is complete by itself on a fresh Debian/Ubuntu with Python 3.11 or later:
# it makes the virtual environment in .venv first if it is not there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
PYTEST := $(BIN)/python -m pytest
# Twice as many as processors: half of the tests wait for daemons, sockets and other programs.
WORKERS ?= $(shell expr 2 \* $$(nproc 2>/dev/null || echo 2))
# The tests start hundreds of processes: without compiled files each of them would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test checks lint types imports tests sweep fuzz bench docs clean
.DELETE_ON_ERROR:

help:
	@echo "make demo     the dual insert on two virtual cards"
	@echo "make test     lint, types, import contracts and tests"
	@echo "make lint | types | imports | tests   one of them"
	@echo "make sweep    every disturbance at every exchange, in process and over HTTP, half an hour"
	@echo "make fuzz     a million seeded commands to every card, each answer and change judged"
	@echo "make bench    the benchmarks, each beside its limit"
	@echo "make docs     write the generated pages anew"
	@echo "make clean    remove .venv and caches"

demo: $(VENV)/.installed
	@$(BIN)/ssc demo

# The programs that only tests need are installed while the code is checked.
test:
	@$(MAKE) --no-print-directory --jobs 2 --output-sync checks $(VENV)/.programs
	@$(MAKE) --no-print-directory tests

checks: lint types imports

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developing
	$(BIN)/mypy

imports: $(VENV)/.developing
	$(BIN)/lint-imports

tests: $(VENV)/.developing $(VENV)/.programs
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not slow"

sweep: $(VENV)/.developing $(VENV)/.programs
	$(PYTEST) -n auto -m slow --timeout 3600 -rP

fuzz: $(VENV)/.developing
	$(BIN)/python tests/fuzz/run_fuzz.py --count 1000000

bench: $(VENV)/.developing $(VENV)/.programs
	$(BIN)/python bench/card.py
	$(BIN)/python bench/pcsc.py
	$(BIN)/python bench/centre.py
	$(BIN)/python bench/driver.py

docs: $(VENV)/.developing
	$(BIN)/python -m terminal.flow.diagram > docs/dual-insert.md
	$(BIN)/python -m terminal.flow.payment_diagram > docs/purchase.md
	$(BIN)/python -m terminal.flow.hospital_page > docs/hospital.md
	$(BIN)/python -m apdu.reference > docs/card-reference.md
	$(BIN)/python -m terminal.backoffice.card_states_page > docs/card-states.md
	$(BIN)/python -m terminal.backoffice.rules_page > docs/rules.md
	$(BIN)/python -m terminal.backoffice.national.described > docs/national-interface.md
	$(BIN)/python -m terminal.driver.reference > docs/driver.md
	$(BIN)/python -m terminal.trace.schema_page > docs/json.md
	$(BIN)/python -m terminal.trace.schema_page --schema > docs/ssc-output.schema.json

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name it with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "python3-venv is missing; install it with: apt-get install python3-venv" >&2; exit 2; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@$(PIP) --editable .
	@touch $@

$(VENV)/.system: tests/system/install-debian-packages | $(VENV)/bin/python
	@PYTHON=$(BIN)/python tests/system/install-debian-packages build
	@touch $@

$(VENV)/.programs: $(VENV)/.system
	@PYTHON=$(BIN)/python tests/system/install-debian-packages programs
	@touch $@

$(VENV)/.developing: pyproject.toml $(VENV)/.system | $(VENV)/bin/python
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
