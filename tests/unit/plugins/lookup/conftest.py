# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for lookup tests: a mock NetBox, and a function that runs a lookup as Ansible does."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Callable, Iterator

import pytest
from ansible import template
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, lookup_loader
from ansible.template import Templar
from ansible.utils.collection_loader import AnsibleCollectionConfig

# ansible-test has already done this. It must happen before any code of the collection is imported.
if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader()

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox


def trusted(value: str) -> str:
    """Return the string as Ansible trusts what a user wrote. ansible-core before 2.19 trusts each string."""
    trust = getattr(template, "trust_as_template", None)
    return value if trust is None else trust(value)


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def look_up(netbox: NetBox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[t.Any]]:
    """Return ``look_up(*terms, name="nb_query", variables=None, **options)``, which returns the lookup's results."""
    for name in [name for name in os.environ if name.startswith("NETBOX_")]:
        monkeypatch.delenv(name)

    def look_up(*terms: str, name: str = "nb_query", variables: t.Any = None, **options: t.Any) -> list[t.Any]:
        options = {"api_endpoint": netbox.url, "token": netbox.tokens["v2"], "retries": 0, **options}
        options = {name: value for name, value in options.items() if value is not None}
        loader, variables = DataLoader(), {name: trusted(value) for name, value in (variables or {}).items()}
        templar = Templar(loader=loader, variables=variables)
        lookup = lookup_loader.get(f"netbox.cursor.{name}", loader=loader, templar=templar)
        found: list[t.Any] = lookup.run(list(terms), variables=variables, **options)
        return found

    return look_up
