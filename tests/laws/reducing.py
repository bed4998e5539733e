# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reduce an example that contradicts a law to a small estate and a few options, which a test can contain.

hypothesis reduces examples as well, but it changes the random choices instead of the resulting estate and options. It
needs minutes, and this module needs seconds.
"""

from __future__ import annotations

import copy
import dataclasses
import typing as t
from collections.abc import Callable, Iterator

from ansible.errors import AnsibleError

from ansible_collections.netbox.cursor.tests.laws.described import Described, Thing

# The lists of an estate, with the fields that contain one or more indexes in other lists.
REFERENCES: dict[str, dict[str, str]] = {
    "regions": {"parent": "regions"},
    "site_groups": {"parent": "site_groups"},
    "tenant_groups": {"parent": "tenant_groups"},
    "tenants": {"group": "tenant_groups"},
    "sites": {"region": "regions", "group": "site_groups", "tenant": "tenants"},
    "locations": {"parent": "locations", "site": "sites"},
    "racks": {"site": "sites", "location": "locations", "role": "rack_roles"},
    "device_types": {"manufacturer": "manufacturers"},
    "roles": {"parent": "roles"},
    "platforms": {"parent": "platforms", "manufacturer": "manufacturers"},
    "clusters": {"type": "cluster_types", "group": "cluster_groups", "site": "sites"},
    "config_contexts": {"site": "sites"},
    "chassis": {"master": "devices"},
    "prefixes": {"site": "sites", "location": "locations", "region": "regions"},
}
OF_HOSTS = {
    **{name: f"{name}s" for name in ("site", "role", "tenant", "platform", "location", "rack", "cluster", "device")},
    "type": "device_types",
    "chassis": "chassis",
    "tags": "tags",
    "vrf": "vrfs",
    "untagged_vlan": "vlans",
    "tagged_vlans": "vlans",
}
REFERENCES.update(devices=OF_HOSTS, virtual_machines=OF_HOSTS)
# Lists inside hosts and interfaces whose items can contain such fields.
NESTED = ("interfaces", "addresses", "services")

Example = tuple[t.Any, ...]


def reduced(example: Example, still: Callable[[Example], bool], steps: int = 400) -> Example:
    """Return the smallest example found for which ``still`` returns true."""
    changed = True
    while changed and steps > 0:
        changed = False
        for smaller in _smaller(example):
            steps -= 1
            if steps <= 0:
                break
            try:
                interesting = still(smaller)
            except (LookupError, ValueError, TypeError, AnsibleError):
                # The smaller example contains a reference to an object that it no longer contains.
                continue
            if interesting:
                example, changed = smaller, True
                break
    return example


def _smaller(example: Example) -> Iterator[Example]:
    for place, part in enumerate(example):
        options = _smaller_estates(part) if isinstance(part, Described) else _smaller_values(part)
        for smaller in options:
            yield (*example[:place], smaller, *example[place + 1 :])


def _smaller_estates(described: Described) -> Iterator[Described]:
    blank = Described()
    lists = [field.name for field in dataclasses.fields(Described) if isinstance(getattr(blank, field.name), list)]
    for field in dataclasses.fields(Described):
        if getattr(described, field.name) != getattr(blank, field.name) and field.name not in lists:
            yield dataclasses.replace(described, **{field.name: getattr(blank, field.name)})
    for name in lists:
        for place in reversed(range(len(getattr(described, name)))):
            yield _without(described, name, place)
    for name in lists:
        for place, thing in enumerate(getattr(described, name)):
            for smaller in _smaller_values(thing):
                estate = copy.copy(described)
                listed = getattr(described, name)
                setattr(estate, name, [*listed[:place], smaller, *listed[place + 1 :]])
                yield estate


def _without(described: Described, name: str, place: int) -> Described:
    """Return the estate without the object at this index, and without references to the object."""
    estate = copy.deepcopy(described)
    del getattr(estate, name)[place]
    for of, fields in REFERENCES.items():
        for thing in getattr(estate, of):
            _forget(thing, [field for field, target in fields.items() if target == name], place)
    return estate


def _forget(thing: Thing, fields: list[str], place: int) -> None:
    for field in fields:
        value = thing.get(field)
        if isinstance(value, (list, tuple)):
            thing[field] = tuple(each - (each > place) for each in value if each != place)
        elif value == place:
            del thing[field]
        elif isinstance(value, int) and value > place:
            thing[field] = value - 1
    for name in NESTED:
        for inner in thing.get(name, ()):
            _forget(inner, fields, place)


def _smaller_values(value: t.Any) -> Iterator[t.Any]:
    """Yield copies of the value without one of its members, at any depth."""
    if isinstance(value, dict):
        for key in value:
            yield {name: one for name, one in value.items() if name != key}
        for key, inner in value.items():
            for smaller in _smaller_values(inner):
                yield {**value, key: smaller}
    elif isinstance(value, (list, tuple)):
        for place in reversed(range(len(value))):
            yield type(value)([*value[:place], *value[place + 1 :]])
        for place, inner in enumerate(value):
            for smaller in _smaller_values(inner):
                yield type(value)([*value[:place], smaller, *value[place + 1 :]])
