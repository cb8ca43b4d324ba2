# Everything runs inside .venv, which the first target that needs it builds from the lock with hashes.
.DEFAULT_GOAL := help
.PHONY: help .venv run test browser tour chromium fast lint bench chaos seed contracts lock clean
PYTHON ?= python3
BIN := .venv/bin
COMPILE = uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --python-version 3.11 $(ARGS)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z.]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv: .venv/.installed ## build the environment, again only when a lock changes
.venv/.installed: requirements-dev.lock pyproject.toml
	@echo "installing the locked packages into .venv (about a minute)"
	@$(PYTHON) -m venv .venv && $(BIN)/pip install -qq --require-hashes -r requirements-dev.lock && $(BIN)/pip install -qq --no-deps --no-build-isolation -e . && touch $@

run: .venv ## start everything on this machine with a county loaded (PROVINCE=1: the whole province)
	$(BIN)/halfsky up $(if $(filter 1,$(PROVINCE)),--province)
test: .venv ## run every test
	$(BIN)/pytest -rs $(ARGS)
browser: .venv chromium ## the pages in a real Chromium against the real services (installs Chromium, a CJK font and pdftotext with apt-get if missing)
	$(BIN)/pytest -rs tests/browser $(ARGS)
tour: .venv chromium ## draw the pictures of docs/tour.md anew
	$(BIN)/python -m tests.browser.tour
chromium:
	@command -v chromium >/dev/null && command -v pdftotext >/dev/null && fc-list | grep -qi 'noto.*cjk' || { set -- chromium chromium-l10n fonts-noto-cjk poppler-utils; echo "installing $$* with apt-get"; \
	  apt-get install -y -qq $$* >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq $$* >/dev/null; } \
	  || { echo "没有 Chromium 且无法安装：请以 root 运行 apt-get install $$*。No Chromium, and apt-get could not install it."; exit 1; }; }
fast: .venv ## run the domain and architecture tests, without a server
	$(BIN)/pytest -q tests/domain tests/architecture.py $(ARGS)
chaos: .venv ## kill -9 every process under load, tamper by hand, put a log back: nothing is lost, everything is found (5 minutes)
	$(BIN)/pytest -rs tests/chaos $(ARGS)
lint: .venv ## ruff and mypy
	$(BIN)/ruff check . && $(BIN)/mypy
bench: .venv ## measure the hot paths
	$(BIN)/python -m tests.bench $(ARGS)
seed: .venv ## load made-up organisations, cadres, lectures and cases (ARGS="--province 36 --county 360121")
	$(BIN)/halfsky seed $(or $(ARGS),--province 36)
contracts: .venv ## write shared/contracts from the code
	$(BIN)/halfsky contracts
lock: ## resolve both locks again (ARGS=--upgrade for newer versions)
	@dir=$$(mktemp -d) && $(PYTHON) -m venv $$dir && $$dir/bin/pip install -qq uv && $$dir/bin/$(COMPILE) --extra build -o requirements.lock && $$dir/bin/$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock; status=$$?; rm -rf $$dir; exit $$status
clean: ## remove the environment and caches, never the data
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info && find . -name __pycache__ -prune -exec rm -rf {} +
