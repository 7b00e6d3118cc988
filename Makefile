# Two commands: `make demo` and `make test`. Both make their own environment in .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test lint types bench clean

demo: $(STAMP)
	$(BIN)/python examples/demo.py

test: $(VENV)/.tools lint types
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tools
	# the package as installed: search/ is part of it
	rm -rf build/typed
	$(BIN)/python -m pip install --quiet --no-deps --target build/typed .
	cd build/typed && ../../$(BIN)/lint-imports --config ../../.importlinter
	cd build/typed && ../../$(BIN)/mypy -p dossier --config-file ../../pyproject.toml

# benchmarks on data of your own: make bench PAGES=… JUDGMENTS=… LECARD=… (see docs/decisions.md)
PAGES ?= ../shared/ocr-pages
JUDGMENTS ?= ../shared/data/judgments-fulltext-2000.jsonl.xz
LECARD ?= ../shared/data
bench: $(VENV)/.tools
	$(BIN)/python tests/benchmarks/ocr.py --pages $(PAGES)
	$(BIN)/python tests/benchmarks/catalogue.py --pages $(PAGES)
	$(BIN)/python tests/benchmarks/ingest.py
	$(BIN)/python tests/benchmarks/search.py --judgments $(JUDGMENTS)
	$(BIN)/python tests/benchmarks/elements.py --judgments $(LECARD)/lecard-judgments.jsonl.xz --gold tests/gold
	$(BIN)/python tests/benchmarks/templates.py
	$(BIN)/python tests/benchmarks/similarity.py --lecard $(LECARD)
	$(BIN)/python tests/benchmarks/sentencing.py --judgments $(LECARD)/lecard-judgments.jsonl.xz

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tools: $(STAMP)
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf $(VENV) demo build *.egg-info
