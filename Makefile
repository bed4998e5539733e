# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# make demo      see it work, with a stand-in NetBox or with yours (NETBOX_API, NETBOX_TOKEN)
# make check     the inner loop: ruff, mypy, and all but the slow unit tests, on one Python, in less than two minutes
#                (CHECK=tests/unit/plugins/lookup runs these tests only)
# make test      every gate, with the newest ansible-core
# make test-all  and ansible-test with the oldest ansible-core and one between
# make docs      guides and reference as HTML, in .nox/html
# make stranger  what README says, done in a fresh copy with an empty HOME; part of test-all
# make soak      lists that change while they are read, and long runs: 15 minutes (SOAK="--rounds 10" is shorter);
#                and 5,000 random inventories for each law: an hour (SOAK_LAWS="-k peer" is less)
# make acceptance  the inventory on a real, empty NetBox (NETBOX_API, NETBOX_TOKEN), which it fills with test objects
# make bench     measure it beside netbox.netbox and pynetbox, with a modelled NetBox or with yours, which is only read
#                (NETBOX_API, NETBOX_TOKEN): a dozen minutes (BENCH="inventory --hosts 25000" is less, BENCH=--full more)
# make clean     forget everything these made
#
# PYTHON=... names the Python (3.12 or newer) to use; JOBS=... how many gates run side by side.

JOBS ?= 2
CORES := 2.21
test-all: CORES := 2.21 2.16 2.18
test-all: MORE = $(CORES:%=laws-%) stranger

# The longest first.
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
