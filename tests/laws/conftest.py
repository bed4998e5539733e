# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set how many examples each law is tested with.

By default, each run tests the same 200 examples. LAWS=soak tests 5,000 new examples. LAWS_EXAMPLES=N tests N new
examples.
"""

from __future__ import annotations

import os

from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig
from hypothesis import HealthCheck, settings

# Initialize the loader before any module of the collection is imported.
if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader()

# An example runs an inventory several times, and generating an estate takes several hundred random numbers. Both
# exceed the default limits of hypothesis.
common = settings(
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
    print_blob=True,
)
settings.register_profile("check", common, max_examples=200, derandomize=True)
settings.register_profile("soak", common, max_examples=5000)
settings.load_profile(os.environ.get("LAWS", "check"))
if "LAWS_EXAMPLES" in os.environ:
    settings.register_profile("some", common, max_examples=int(os.environ["LAWS_EXAMPLES"]))
    settings.load_profile("some")
