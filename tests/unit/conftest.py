# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the tests find the collection as Ansible does, even without ansible-test."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator

import pytest

try:
    from ansible.plugins.loader import init_plugin_loader
    from ansible.utils.collection_loader import AnsibleCollectionConfig
except ImportError:
    pass  # ansible-test runs module tests without most of Ansible, and uses its own finder.
else:
    # This must run before any code of the collection is imported, for example by a conftest.py in a subdirectory.
    if AnsibleCollectionConfig.collection_finder is None:
        init_plugin_loader()


def pytest_configure(config: pytest.Config) -> None:
    # ansible-test starts a process for each test. Each of them would import the mock NetBox and read its recordings
    # again, which takes longer than most tests. No test here needs a process of its own.
    if config.pluginmanager.has_plugin("ansible_forked"):
        config.pluginmanager.unregister(name="ansible_forked")
    config.addinivalue_line("markers", "slow: left out by make check; ansible-test runs it")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    # pytest-xdist reports the test whose process ended. Without this limit, a test that hangs would stop the whole run.
    faulthandler.dump_traceback_later(600, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
