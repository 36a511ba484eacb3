# The words of daily work. Each sets up what it needs; see .ci/bootstrap.py.
# On Windows and macOS: uv run --all-extras deskbell-relay demo; uv run --all-extras pytest -n auto

PYTHON := .venv/bin/python

.PHONY: help run test check format bench bench-desktop clean

help:
	@echo "make run     start a relay and the tray app, and show a toast"
	@echo "make test    run all tests, in parallel"
	@echo "make check   lint, format, types, architecture"
	@echo "make bench   measure, and write bench/results.md, verify.md and history.md"
	@echo "make bench-desktop  measure the desktop and gotify-tray side by side, and write bench/desktop.md"
	@echo "make format  let the formatter have its way"
	@echo "make clean   remove what the above made"

run:
	@python3 .ci/bootstrap.py run
	@$(PYTHON) -m relay demo

test:
	@python3 .ci/bootstrap.py test
	@$(PYTHON) -m pytest -n auto

check:
	@python3 .ci/bootstrap.py test
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/test_architecture.py

format:
	@$(PYTHON) -m ruff check --fix
	@$(PYTHON) -m ruff format

bench:
	@python3 .ci/bootstrap.py bench
	@$(PYTHON) -m bench.run
	@$(PYTHON) -m bench.verify | tee bench/verify.md
	@$(PYTHON) -m bench.history | tee bench/history.md

bench-desktop:
	@python3 .ci/bootstrap.py bench
	@$(PYTHON) -m bench.beside_run

clean:
	rm -rf .venv .uv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
