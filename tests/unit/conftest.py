# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests find the collection as Ansible does, also without ansible-test."""

from __future__ import annotations

import pytest

try:
    from ansible.plugins.loader import init_plugin_loader
    from ansible.utils.collection_loader import AnsibleCollectionConfig
except ImportError:
    pass  # ansible-test runs the tests of modules where most of Ansible is missing, and has a finder of its own.
else:
    # This must come before anything of the collection is imported, by a conftest.py below this one for example.
    if AnsibleCollectionConfig.collection_finder is None:
        init_plugin_loader()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: left out by make check; ansible-test runs it")
