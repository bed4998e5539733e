# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Read data about one NetBox server, such as its version and its custom fields, once and only if it is needed."""

from __future__ import annotations

import threading
import typing as t
import weakref

from ansible_collections.netbox.cursor.plugins.module_utils._filters import known
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    ErrorStatus,
    NetBoxError,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

T = t.TypeVar("T")

_ATTEMPTS = 3
_servers: weakref.WeakKeyDictionary[Client, Server] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class CustomField(t.NamedTuple):
    """A custom field: its type, such as ``decimal``, its filter logic, and the object types that have the field."""

    name: str
    kind: str
    logic: str
    models: tuple[str, ...]


class Server:
    """The NetBox server that a client connects to. Several threads can use it."""

    def __init__(self, client: Client, cache: SchemaCache | None = None) -> None:
        self._client = weakref.proxy(client)
        self._cache = cache or SchemaCache()
        self._lock = threading.RLock()
        self._kept: dict[str, t.Any] = {}

    @classmethod
    def of(cls, client: Client) -> Server:
        """Return the only instance for ``client``."""
        with _lock:
            if client not in _servers:
                _servers[client] = cls(client)
            return _servers[client]

    def versions(self) -> tuple[str, ...]:
        """Return the versions in the index that match this server."""
        status = self._status()
        full = status.get("netbox-full-version") or status.get("netbox-version") or ""
        return known.matching_versions(str(full), self._client.api_version)

    def parameters(self, endpoint: str) -> known.Markers | None:
        """Return the query parameters that the server's schema lists for a generalized endpoint.

        Return ``None`` if the schema does not describe the endpoint. Errors from the client are raised unchanged.
        """
        texts = self._once("schema", lambda: self._cache.names(self._client, self._status_key()))
        return known.read_markers(texts[endpoint].split()) if endpoint in texts else None

    def custom_fields(self) -> dict[str, CustomField]:
        """Return the custom fields that the token's user can view. Errors from the client are raised unchanged."""
        return self._once("custom fields", self._read_custom_fields)

    def model(self, endpoint: str) -> str:
        """Return the object type of a list, such as ``dcim.device``, or an empty string if there is none."""
        model = known.model_of(endpoint)
        if model or known.is_known(endpoint):
            return model
        models = self._once("models", self._read_models)
        return next((model for path, model in models if path.endswith(f"/api/{endpoint}")), "")

    def applies(self, endpoint: str, pairs: Pairs) -> bool:
        """Return whether NetBox demonstrably applies these filters.

        This is the case if the filters change the number of objects, or if NetBox rejects their values. If the list
        changes during the comparison, compare again.
        """
        for dummy in range(_ATTEMPTS):
            try:
                before, filtered, after = (self._count(endpoint, some) for some in ([], pairs, []))
            except BadRequest:
                return True
            if before == after:
                return filtered != before
        return False

    def sorts(self, endpoint: str, field: str) -> bool:
        """Return whether NetBox sorts a list by ``field``. Also return ``True`` if all values are equal."""
        first, last, newest = (
            self._first_row(endpoint, field, ordering) for ordering in (f"{field},id", f"-{field},id", "-id")
        )
        if first.get("id") != last.get("id"):
            return True
        # The same object is first in both directions. Either NetBox ignores the field, or all values are equal.
        return not first or (field in first and first[field] == newest.get(field))

    def rows(self, endpoint: str, filters: Pairs, fields: tuple[str, ...]) -> list[dict[str, t.Any]]:
        """Return all objects in a short list, with these fields."""
        rows: list[dict[str, t.Any]] = []
        parameters = [*filters, ("fields", ",".join(fields)), ("ordering", "id"), ("limit", "0")]
        while True:
            page = self._client.get(f"api/{endpoint}/", [*parameters, ("offset", str(len(rows)))])
            found = page.get("results") if isinstance(page, dict) else None
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise UnexpectedAnswer(f"{endpoint} is not a list of objects.")
            rows += found
            if not found or not page.get("next"):
                return rows

    def _once(self, name: str, read: t.Callable[[], T]) -> T:
        """Return the result of ``read``, or raise its error. ``read`` is called only once for each ``name``."""
        with self._lock:
            if name not in self._kept:
                try:
                    self._kept[name] = read()
                except NetBoxError as error:
                    self._kept[name] = error
            kept = self._kept[name]
        if isinstance(kept, NetBoxError):
            raise kept
        return t.cast(T, kept)

    def _status(self) -> dict[str, t.Any]:
        return self._once("status", self._read_status)

    def _read_status(self) -> dict[str, t.Any]:
        try:
            status = self._client.get("api/status/")
        except ErrorStatus as error:
            # Even an error response has a header with the minor version.
            self._client.log(2, f"Cannot read the NetBox version: {error}")
            return {}
        return status if isinstance(status, dict) else {}

    def _status_key(self) -> t.Any:
        """Return the versions that affect the schema: NetBox and all plugins."""
        status = self._status()
        names = ("netbox-version", "netbox-full-version", "plugins")
        return [status[name] for name in names if name in status] or [self._client.api_version]

    def _read_custom_fields(self) -> dict[str, CustomField]:
        fields = {}
        for row in self.rows("extras/custom-fields", [], ("name", "type", "filter_logic", "object_types")):
            try:
                kind, logic, models = row["type"]["value"], row["filter_logic"]["value"], tuple(row["object_types"])
                fields[str(row["name"])] = CustomField(str(row["name"]), str(kind), str(logic), models)
            except (KeyError, TypeError):
                raise UnexpectedAnswer("extras/custom-fields is not a list of custom fields.") from None
        return fields

    def _read_models(self) -> list[tuple[str, str]]:
        """Return the paths of the lists, with their object types. Every user has permission to read them."""
        rows = self.rows("core/object-types", [], ("app_label", "model", "rest_api_endpoint"))
        return [
            (str(row["rest_api_endpoint"]).rstrip("/"), f"{row.get('app_label')}.{row.get('model')}")
            for row in rows
            if row.get("rest_api_endpoint")
        ]

    def _first_row(self, endpoint: str, field: str, ordering: str) -> dict[str, t.Any]:
        parameters = [("fields", f"id,{field}"), ("ordering", ordering), ("limit", "1")]
        answer = self._client.get(f"api/{endpoint}/", parameters)
        rows = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedAnswer(f"{endpoint} is not a list of objects.")
        return rows[0] if rows else {}

    def _count(self, endpoint: str, filters: Pairs) -> int:
        parameters = [*filters, ("fields", "id"), ("exclude", "config_context"), ("limit", "1")]
        answer = self._client.get(f"api/{endpoint}/", parameters)
        count = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise UnexpectedAnswer(f"{endpoint} is not a list: the response has no count.")
        return count
