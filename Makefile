# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# make demo      Run the main features against a mock NetBox, or read your NetBox (NETBOX_API, NETBOX_TOKEN).
# make check     Run ruff, mypy, and the fast unit tests on one Python, in less than two minutes.
#                CHECK=tests/unit/plugins/lookup runs only these tests.
# make test      Run all checks with the latest ansible-core.
# make test-all  Also run ansible-test with the oldest supported ansible-core and with one in between.
# make docs      Build the guides and the reference as HTML in .nox/html.
# make stranger  Follow the README and getting started in a new copy with an empty HOME. This is part of test-all.
# make soak      Read lists that change during the run, for 15 minutes (SOAK="--rounds 10" is shorter). Then create 5,000
#                random inventories for each law, for an hour (SOAK_LAWS="-k peer" is shorter).
# make acceptance  Fill a real, empty NetBox (NETBOX_API, NETBOX_TOKEN) with test objects, and test the inventory on it.
# make bench     Compare the speed with netbox.netbox and pynetbox, with a model of NetBox or with your NetBox, for about
#                12 minutes (BENCH="inventory --hosts 25000" is shorter, BENCH=--full is longer). It only reads NetBox.
# make clean     Delete everything that these commands created.
#
# PYTHON is the Python to use (3.12 or newer). JOBS is the number of checks that run in parallel.

JOBS ?= 2
CORES := 2.21
test-all: CORES := 2.21 2.16 2.18
test-all: MORE = $(CORES:%=laws-%) stranger

# The longest checks are first.
GATES = $(foreach core,$(CORES),sanity-$(core) units-$(core) integration-$(core)) $(MORE) \
	build-import-check typing ansible-lint docs docs-check github license-check formatters codeqa yamllint antsibull-nox-config extra-checks changelog \
	package

export PYTHON

.PHONY: check demo docs test test-all stranger soak acceptance bench clean
demo:
	@tools/run demo/run

check:
	@tools/run nox --reuse-existing-virtualenvs --session check -- $(CHECK)

docs:
	@tools/run nox --reuse-existing-virtualenvs --session docs

stranger:
	@tools/run nox --reuse-existing-virtualenvs --session stranger

soak:
	@tools/run nox --reuse-existing-virtualenvs --session soak -- $(SOAK)
	@tools/run nox --reuse-existing-virtualenvs --session soak-laws -- $(SOAK_LAWS)

acceptance:
	@tools/run nox --reuse-existing-virtualenvs --session acceptance -- $(ACCEPTANCE)

bench:
	@tools/run nox --reuse-existing-virtualenvs --session bench -- $(BENCH)

test test-all:
	@tools/run true
	@rm -rf .nox/gates && mkdir .nox/gates
	@+$(MAKE) --no-print-directory --keep-going --jobs=$(JOBS) \
		$(if $(filter output-sync,$(.FEATURES)),--output-sync=target) $(GATES:%=gate/%) || true
	@cd .nox/gates && for gate in $(GATES); do test -e $$gate || echo "failed: $$gate"; done; \
		passed=$$(ls | wc -l) && failed=$$(($(words $(GATES)) - passed)) && \
		echo "$$passed passed, $$failed failed" && test $$failed -eq 0

gate/%:
	@echo "=== $*"
	@start=$$(date +%s) && CI=true NO_COLOR=1 tools/run nox --reuse-existing-virtualenvs --session '$*' 2>&1 && \
		touch '.nox/gates/$*' && echo "=== $* passed in $$(($$(date +%s) - start)) s"

clean:
	rm -rf .ansible .mypy_cache .nox .pytest_cache .ruff_cache .venv collections tests/output
