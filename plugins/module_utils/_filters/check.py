# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Is this a filter that this server knows? NetBox ignores those it does not know, and answers with everything."""

from __future__ import annotations

import base64
import difflib
import functools
import json
import typing as t
import zlib

from ansible_collections.netbox.cursor.plugins.module_utils._filters import index
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    ErrorStatus,
    NetBoxError,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import NOT_FILTERS, Pairs

Names = dict[str, "frozenset[str]"]
"""Query parameters by endpoint."""

# NetBox takes these everywhere, though its schema does not name them: saved filters (FACTS 4).
UNLISTED = ("filter", "filter_id")
# Lists whose view ignores all filters (FACTS 4).
UNFILTERED = ("extras/notifications", "extras/notification-groups", "extras/subscriptions", "users/config")
VERSIONS = ("4.5", "4.6", "4.7")


@functools.cache
def shipped(version: str) -> Names:
    """What the collection knows of NetBox ``version`` (``4.6``), without asking."""
    packed = getattr(index, "V" + version.replace(".", "_"))
    return _names(json.loads(zlib.decompress(base64.b85decode(packed))))


def _names(texts: dict[str, str]) -> Names:
    return {endpoint: frozenset(names.split()) for endpoint, names in texts.items()}


class FilterCheck:
    """Refuses filters that the NetBox of ``client`` does not know.

    Names that all shipped versions have cost no request. For others the version is asked for, or the server's own
    schema, which is kept on disk.
    """

    def __init__(self, client: Client, cache: SchemaCache | None = None) -> None:
        self._client = client
        self._cache = cache or SchemaCache()
        self._schema: Names | NetBoxError | None = None

    def check(self, endpoint: str, filters: Pairs) -> None:
        """Raise :class:`UsageError` that names all wrong filters of a call. Before anything is fetched."""
        endpoint = endpoint.strip("/")
        complaints = [
            f"{name!r} has an empty value, with which NetBox would select everything; {name}__empty asks for empty ones"
            for name, value in dict(filters).items()
            if value == ""
        ]
        if endpoint in UNFILTERED and filters:
            raise UsageError(f"NetBox does not filter {endpoint}: it would answer with everything.")
        doubtful = self._doubtful(endpoint, dict(filters))
        if doubtful:
            complaints += self._unknown(endpoint, doubtful)
        if not complaints:
            complaints = self._unknown_custom_fields(endpoint, dict(filters))
        if complaints:
            raise UsageError(f"Filters of {endpoint}: {'; '.join(complaints)}. (strict_filters=false would send them.)")

    def confirm(self, endpoint: str, filters: Pairs) -> None:
        """Check again once the version is known, if it is none that the collection knows."""
        version = self._client.api_version
        if filters and version and "{}.{}".format(*version) not in VERSIONS:
            names = [name for name in dict(filters) if not _unlisted(name)]
            complaints = self._unknown(endpoint.strip("/"), names)
            if complaints:
                raise UsageError(f"Filters of {endpoint}: {'; '.join(complaints)}.")

    def _doubtful(self, endpoint: str, names: t.Iterable[str]) -> list[str]:
        """Those names that not all shipped versions know for a list."""
        everywhere = [shipped(version).get(endpoint, frozenset()) for version in VERSIONS]
        return [name for name in names if not _unlisted(name) and not all(name in known for known in everywhere)]

    def _unknown(self, endpoint: str, names: list[str]) -> list[str]:
        """What is wrong with which of the names."""
        known = self._known(endpoint)
        if all(name in known for name in names):
            return []
        schema = self._own_schema()
        if schema and endpoint not in schema:
            return []  # there is no such list, which NetBox will say
        known = schema.get(endpoint, known)
        complaints = []
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, sorted(known - set(NOT_FILTERS)), n=3, cutoff=0.6)
                meant = f" (did you mean {' or '.join(near)}?)" if near else ""
                complaints.append(f"NetBox does not know {name!r}{meant}{self._doubt()}")
        return complaints

    def _known(self, endpoint: str) -> frozenset[str]:
        """What the collection knows for the server's version; the version is asked for where nothing told it yet."""
        if self._client.api_version is None:
            try:
                self._client.get("api/status/")
            except ErrorStatus as error:
                # Any answer tells the version, also one that says no (FACTS 2).
                self._client.log(2, str(error))
        version = "{}.{}".format(*(self._client.api_version or (0, 0)))
        return shipped(version).get(endpoint, frozenset()) if version in VERSIONS else frozenset()

    def _own_schema(self) -> Names:
        """The server's own names; empty where they cannot be had."""
        if self._schema is None:
            try:
                self._schema = _names(self._cache.names(self._client))
            except NetBoxError as error:
                self._schema = error
        return {} if isinstance(self._schema, NetBoxError) else self._schema

    def _doubt(self) -> str:
        if isinstance(self._schema, NetBoxError):
            return f", as far as this collection knows; its own schema could not be had: {self._schema}".rstrip(".")
        return ""

    def _unknown_custom_fields(self, endpoint: str, names: t.Iterable[str]) -> list[str]:
        """Filters by custom fields that NetBox does not have: it ignores these, too."""
        wanted = {name: name[3:].split("__")[0] for name in names if name.startswith("cf_")}
        if not wanted:
            return []
        pairs = [("fields", "name"), ("limit", "0")]
        try:
            answer = self._client.get("api/extras/custom-fields/", pairs)
        except NetBoxError as error:
            self._client.log(1, f"{', '.join(wanted)}: NetBox ignores custom fields that it does not have, and {error}")
            return []
        try:
            fields = {row["name"] for row in answer["results"]}
            if answer["next"]:
                return []
        except (KeyError, TypeError):
            raise UnexpectedAnswer("extras/custom-fields is not a list of objects.") from None
        complaints = []
        for name, field in wanted.items():
            if field not in fields:
                near = difflib.get_close_matches(field, [str(one) for one in fields], n=3)
                meant = f" (did you mean {' or '.join('cf_' + one for one in near)}?)" if near else ""
                complaints.append(f"there is no custom field for {name!r}{meant}")
        return complaints


def _unlisted(name: str) -> bool:
    return name in UNLISTED or name.startswith(("cf_", "attr_"))
