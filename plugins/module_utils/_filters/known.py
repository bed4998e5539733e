# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The filters and sortable fields of each NetBox version, from the index in the collection."""

from __future__ import annotations

import base64
import difflib
import functools
import json
import re
import typing as t
import zlib
from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._filters import index
from ansible_collections.netbox.cursor.plugins.module_utils._http.netbox_version import parse_version
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import RESERVED

Markers = dict[str, str]
"""Query parameters, each with its marker."""

# Markers for the values that a parameter accepts: any number of values, one value, or one Boolean value.
MANY, ONE, BOOLEAN = "", "!", "?"
VERSIONS: tuple[str, ...] = index.VERSIONS
"""The versions in the index, from the oldest to the newest."""

# Attribute filters, custom field filters, and saved filters.
_PATTERNS = frozenset({"attr_*", "cf_*", "filter", "filter_id"})
# Parameters that these endpoints support, but that are missing from the OpenAPI schema.
_UNDOCUMENTED = {
    "dcim/racks/{id}/elevation": {"highlight": MANY},
    "extras/custom-field-choice-sets/{id}/choices": {"q": ONE},
}


@functools.cache
def _index() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = json.loads(zlib.decompress(base64.b85decode(index.PACKED)))
    return content


def generalize(endpoint: str) -> str:
    """Replace IDs in ``endpoint`` with ``{id}``, as in the index and the schema: ``dcim/racks/{id}/elevation``."""
    return re.sub(r"/[0-9]+(?=/|$)", "/{id}", endpoint.strip("/"))


def is_known(endpoint: str) -> bool:
    """Return whether the generalized ``endpoint`` belongs to NetBox itself."""
    return endpoint in _index()


def model_of(endpoint: str) -> str:
    """Return the object type of a list, such as ``dcim.device``, or an empty string."""
    return _index().get(endpoint, {}).get("model", "")


@functools.cache
def filters_of(endpoint: str, versions: tuple[str, ...] = VERSIONS) -> Markers:
    """Return the parameters of ``endpoint`` that have the same marker in all of these versions."""
    entries = _shared(endpoint, "filters", versions) if versions else ()
    found = read_markers(entry for entry in entries if entry not in _PATTERNS)
    return {**found, **_UNDOCUMENTED.get(endpoint, {})}


@functools.cache
def patterns_of(endpoint: str) -> frozenset[str]:
    """Return the filters in ``_PATTERNS`` that ``endpoint`` supports in all versions. No schema lists these filters."""
    return _PATTERNS.intersection(_shared(endpoint, "filters", VERSIONS))


@functools.cache
def ordering_of(endpoint: str, versions: tuple[str, ...] = VERSIONS) -> frozenset[str]:
    """Return the fields by which all of these versions can sort ``endpoint``."""
    return frozenset(_shared(endpoint, "ordering", versions) if versions else ())


def read_markers(entries: Iterable[str]) -> Markers:
    """Split entries such as ``q!`` into the parameter and its marker."""
    return {entry.rstrip("!?"): entry[len(entry.rstrip("!?")) :] for entry in entries}


def _shared(endpoint: str, kind: str, versions: tuple[str, ...]) -> list[str]:
    numbers = [VERSIONS.index(version) for version in versions]
    entries = []
    for text in _index().get(endpoint, {}).get(kind, "").split():
        entry, dummy, spans = text.partition("@")
        if not spans or all(any(number in _span(span) for span in spans.split(",")) for number in numbers):
            entries.append(entry)
    return entries


@functools.cache
def _span(text: str) -> range:
    """Return the indexes of the versions in a span such as ``4.6.1..4.6.7``. Either end can be omitted."""
    first, dummy, last = text.partition("..")
    return range(VERSIONS.index(first) if first else 0, VERSIONS.index(last) + 1 if last else len(VERSIONS))


def matching_versions(full: str, minor: tuple[int, int] | None) -> tuple[str, ...]:
    """Return the versions in the index that match a server of version ``full``.

    Usually, this is one version: ``full`` itself, or the newest earlier patch version if the index does not contain
    ``full``. If only the minor version is known, return all of its patch versions.
    """
    version = parse_version(full)
    if version is None:
        return tuple(name for name in VERSIONS if minor and name.startswith("{}.{}.".format(*minor)))
    older = [name for name in VERSIONS if (known := parse_version(name)) and known.release[:2] == version.release[:2]]
    older = [name for name in older if (known := parse_version(name)) and known <= version]
    return tuple(older[-1:])


def suggest(name: str, known: Mapping[str, t.Any] | Iterable[str], prefix: str = "") -> str:
    """Return `` (did you mean ...?)`` with the most similar known names, or an empty string."""
    names = sorted(one for one in known if one not in RESERVED)
    near = [prefix + one for one in difflib.get_close_matches(name, names, n=3, cutoff=0.6)]
    if not near:
        return ""
    return f" (did you mean {near[0]}?)" if len(near) == 1 else f" (did you mean {', '.join(near[:-1])} or {near[-1]}?)"
