# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options have the same types in plugins and in modules."""

from __future__ import annotations

import yaml

from ansible_collections.netbox.cursor.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connection_arguments

# As paths, Ansible would convert an empty string, which means "not set" in plugins, to the current directory.
PATHS = {"ca_path", "client_cert", "client_key"}


def test_every_plugin_documents_the_same_type_of_an_option() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for name, option in yaml.safe_load(ModuleDocFragment.PLUGIN)["options"].items():
        assert option.get("type") == ("str" if name in PATHS else None), name
        assert "default" not in option, name
    assert documented["validate_certs"]["type"] == connection_arguments()["validate_certs"]["type"] == "bool"
