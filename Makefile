# `make` alone prints what there is. Everything sets itself up first.
.DEFAULT_GOAL := help
.PHONY: help setup env demo test test-browser test-services test-live lint format types imports \
        check bench eval docs lock clean train-verifier train-sentiment ship-encoder train-adapter

BIN := .venv/bin
ARGS ?=
BASE ?= out/base
DATA ?=
MODEL ?=
TRAIN_PYTHON ?= .venv-train/bin/python
export PYTHON

help: ## what there is
	@echo "Underwrite: investment theses in which every sentence is underwritten by a source."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  then: $(BIN)/underwrite --help"

env:
	@scripts/bootstrap

setup: env ## install the locked dependencies into .venv, join and check the embedded model
	@$(BIN)/underwrite model prepare
	@echo "Ready: $(BIN)/underwrite doctor says what is there, make demo shows it working."

demo: setup ## set up, ingest the sample corpus, answer a question, analyse an article
	@$(BIN)/underwrite demo $(ARGS)

test: env ## set up and run the tests that need Python packages only
	@echo "Running the tests (ARGS='-k name' selects; browser, services and live ones are separate)."
	@$(BIN)/python -m pytest $(ARGS)

test-browser: env ## the tests that drive Chromium (install it first: apt-get install chromium)
	@$(BIN)/python -m pytest -m browser $(ARGS)

test-services: env ## the tests that need a system service (each says which when it skips)
	@$(BIN)/python -m pytest -m services $(ARGS)

test-live: setup ## the tests that ask a real language model (minutes on a CPU)
	@$(BIN)/python -m pytest -m live $(ARGS)

lint: env ## ruff: style, likely bugs, formatting of imports; then the import rules
	@echo "ruff check"
	@failed=0; $(BIN)/ruff check . || failed=1; \
	    $(MAKE) --no-print-directory imports || failed=1; exit $$failed

imports: env
	@echo "import rules ([tool.importlinter] in pyproject.toml)"
	@$(BIN)/lint-imports --no-cache

format: env ## apply ruff's safe fixes
	@$(BIN)/ruff check --fix .

types: env ## mypy --strict over every package and the tests
	@echo "mypy --strict"
	@$(BIN)/mypy

check: lint types test ## lint, types, import rules, tests: what CI runs

bench: env ## measure retrieval, ingest and latency (docs/benchmarks has the results)
	@$(BIN)/python -m evals.bench_corpus $(ARGS)

eval: setup ## run the evaluation suites (ARGS='SUITE' selects one)
	@$(BIN)/underwrite eval $(ARGS)

docs: env ## check the documentation: links resolve, commands and settings named in it exist
	@$(BIN)/python -m pytest tests/test_docs.py $(ARGS)

train-adapter: $(if $(MODEL),,setup) $(TRAIN_PYTHON) ## teach the model to judge claims: DATA=DIR [MODEL=model.gguf]; use a GPU
	@$(TRAIN_PYTHON) -m training.adapter $(if $(DATA),--data $(DATA)) \
	    $(if $(MODEL),--base $(MODEL)) $(ARGS)

.venv-train/bin/python: requirements.lock requirements-train.lock
	@echo "Making .venv-train with torch and what else training needs (several GB)."
	@uv=$$(scripts/bootstrap --print-uv) && "$$uv" venv -q --seed --clear .venv-train && \
	    "$$uv" pip install -q --require-hashes --python .venv-train -r requirements.lock \
	    -r requirements-train.lock && touch $@

train-verifier: $(TRAIN_PYTHON) ## train the claim verifier: DATA=DIR (90 minutes on two cores)
	@$(TRAIN_PYTHON) -m training.base $(BASE)
	@$(TRAIN_PYTHON) -m training.verifier --data $(DATA) --base $(BASE) --out out/verifier $(ARGS)

train-sentiment: $(TRAIN_PYTHON) ## train sentiment on the verifier's encoder: DATA=DIR
	@$(TRAIN_PYTHON) -m training.base $(BASE)
	@$(TRAIN_PYTHON) -m training.sentiment --data $(DATA) --base $(BASE) \
	    --verifier out/verifier/verifier.pt --out out/sentiment $(ARGS)

ship-encoder: $(TRAIN_PYTHON) ## quantise what was trained into weights/encoder and calibrate it: DATA=DIR
	@$(TRAIN_PYTHON) -m training.ship --base $(BASE) --verifier out/verifier/verifier.pt \
	    --sentiment out/sentiment/sentiment.pt
	@$(TRAIN_PYTHON) -m training.calibrate --data $(DATA) $(ARGS)

lock: ## resolve the dependencies of pyproject.toml into the locks (ARGS=--upgrade for the newest)
	@scripts/lock $(ARGS)

clean: ## remove caches and what the demo wrote; .venv stays
	@rm -rf out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.uv/*' -prune -exec rm -rf {} +
