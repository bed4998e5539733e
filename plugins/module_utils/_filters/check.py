# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Check filters before they are sent. NetBox ignores unknown filters without an error and returns all objects."""

from __future__ import annotations

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._filters import known, patterns
from ansible_collections.netbox.cursor.plugins.module_utils._filters.known import BOOLEAN, MANY, ONE, Markers
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._filters.server import Server
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

# Endpoints that ignore all filters.
UNFILTERED = (
    "core/background-queues",
    "core/background-tasks",
    "core/background-workers",
    "extras/dashboard",
    "extras/notification-groups",
    "extras/notifications",
    "extras/subscriptions",
    "plugins/installed-plugins",
    "users/config",
)
# The spellings of Boolean values that NetBox accepts. It ignores other values, such as 1, yes, and TRUE.
BOOLEANS = ("true", "false", "True", "False")


class FilterCheck:
    """Rejects filters that the NetBox server of ``client`` would ignore.

    Filters that exist in all versions in the index need no request. For other filters, this class requests the server's
    version, and then the server's own schema, which it caches on disk. It requests custom fields or saved filters only
    if a filter refers to one.

    ``options``: names of the caller's options, which error messages can mention.
    """

    def __init__(
        self,
        client: Client,
        cache: SchemaCache | None = None,
        *,
        options: t.Collection[str] = ("strict_filters",),
    ) -> None:
        self._client = client
        self._server = Server(client, cache) if cache else Server.of(client)
        self._options = options
        self._undescribed: set[str] = set()

    def check(self, endpoint: str, filters: Pairs, *, elsewhere: t.Mapping[str, str] | None = None) -> None:
        """Raise :class:`UsageError` if filters are invalid.

        The error names all of them. Call this before reading the list.

        ``elsewhere``: other endpoints that receive these filters. Each is mapped to the option for filters that only
        that endpoint receives, such as ``{"dcim/devices": "device_query_filters"}``.
        """
        path = known.generalize(endpoint)
        if path in UNFILTERED and filters:
            self._refuse(endpoint, ["NetBox cannot filter this list"])
        others = elsewhere or {}
        names = dict.fromkeys(name for name, dummy in filters)
        markers, complaints = self._look_up(path, list(names), others)
        for name in names:
            pairs = [pair for pair in filters if pair[0] == name]
            if name not in markers and patterns.matches(name):
                verdict = patterns.judge(self._server, path, endpoint.strip("/"), pairs, others)
                markers[name] = verdict.marker
                complaints.append(verdict.complaint)
            complaints.append(_judge_values(name, [value for dummy, value in pairs], markers))
        if any(complaints):
            self._refuse(endpoint, complaints)

    def check_ordering(self, endpoint: str, fields: t.Iterable[str]) -> None:
        """Raise :class:`UsageError` if NetBox would ignore one of the sort ``fields`` (``name``, ``-name``)."""
        path = known.generalize(endpoint)
        names = [field.strip().lstrip("-") for field in fields]
        unknown = [name for name in names if name not in known.ordering_of(path)]
        if not unknown:
            return
        versions = self._server.versions() if known.is_known(path) else ()
        there = known.ordering_of(path, versions)
        # If the index does not contain the list, compare the first objects in ascending and descending order.
        refused = [
            name
            for name in unknown
            if name not in there and (versions or not self._server.sorts(endpoint.strip("/"), name))
        ]
        if refused:
            texts = [repr(name) + known.suggest(name, there or known.ordering_of(path)) for name in refused]
            raise UsageError(
                f"NetBox cannot sort {endpoint} by {' or '.join(texts)} and would ignore this ordering."
                f"{self._advice('it')}"
            )

    def confirm(self, endpoint: str, filters: Pairs) -> None:
        """Check the filters again after the list was read.

        At this point, the endpoint is known to exist, and NetBox's version is known.
        """
        if not filters:
            return
        path = known.generalize(endpoint)
        if path in self._undescribed:
            self._refuse(endpoint, ["the API schema of this NetBox does not list the filters of this endpoint"])
        minor = self._client.api_version
        if minor and known.is_known(path) and not known.matching_versions("", minor):
            names = dict.fromkeys(name for name, dummy in filters if not patterns.matches(name))
            dummy_markers, complaints = self._look_up_in_schema(path, list(names), {}, {})
            if any(complaints):
                self._refuse(endpoint, complaints)

    def _look_up(self, path: str, names: list[str], elsewhere: t.Mapping[str, str]) -> tuple[Markers, list[str]]:
        """Return the known parameters of ``path``, and error messages about ``names`` that are unknown."""
        markers = dict(known.filters_of(path))
        complaints = []
        doubtful = [name for name in names if name not in markers and not patterns.matches(name)]
        if "exclude" in doubtful:
            doubtful.remove("exclude")
            advice = "; use the option config_context" if "config_context" in self._options else ""
            complaints.append(f"'exclude' is not a filter of this list{advice}")
        if doubtful and known.is_known(path):
            markers.update(known.filters_of(path, self._server.versions()))
            doubtful = [name for name in doubtful if name not in markers]
        if doubtful:
            markers, more = self._look_up_in_schema(path, doubtful, markers, elsewhere)
            complaints += more
        return markers, complaints

    def _look_up_in_schema(
        self, path: str, names: list[str], markers: Markers, elsewhere: t.Mapping[str, str]
    ) -> tuple[Markers, list[str]]:
        """Like ``_look_up``, but use the server's own schema, because the index is incomplete."""
        reason = ""
        try:
            described = self._server.parameters(path)
        except NetBoxError as error:
            described, reason = {}, f" (cannot read the API schema of this NetBox: {error})"
        if described is None:
            # Accept the filters for now. If the endpoint does not exist, NetBox reports it. Otherwise, confirm()
            # rejects the filters.
            self._undescribed.add(path)
            return markers, []
        markers = {**markers, **described}
        complaints = []
        for name in names:
            if name not in markers:
                options = [
                    f"; {other} supports this filter: use the option {option}"
                    for other, option in elsewhere.items()
                    if name in known.filters_of(other, self._server.versions() or known.VERSIONS)
                ]
                advice = options[0] if options else known.suggest(name, markers) + reason
                complaints.append(f"{name!r} is not a filter of this list{advice}")
        return markers, complaints

    def _refuse(self, endpoint: str, complaints: list[str]) -> t.NoReturn:
        texts = "; ".join(text for text in complaints if text)
        raise UsageError(
            f"Invalid filters for {endpoint.strip('/')}: {texts}. NetBox would ignore them without an error."
            f"{self._advice('them')}"
        )

    def _advice(self, what: str) -> str:
        return f" To send {what} unchecked, set strict_filters to false." if "strict_filters" in self._options else ""


def _judge_values(name: str, values: list[str], markers: Markers) -> str:
    """Return an error message about values that NetBox would ignore, or an empty string."""
    marker = markers.get(name)
    if any(not value.strip() for value in values):
        instead = f"{name}__empty=true" if f"{name}__empty" in markers else f"{name}=null" if marker == MANY else ""
        advice = f" (to select objects without a value, use {instead})" if instead else ""
        return f"{name!r} has an empty value{advice}"
    if marker == BOOLEAN:
        wrong = [value for value in values if value not in BOOLEANS]
        if wrong:
            return f"{name!r} must be true or false, not {wrong[0]!r}"
    if marker in (BOOLEAN, ONE) and len(set(values)) > 1:
        return f"{name!r} accepts one value, not {len(set(values))}"
    return ""
