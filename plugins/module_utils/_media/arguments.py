# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What all modules take and do alike: the connection as module arguments, errors as module failures."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Iterator, Mapping

from ansible.module_utils.basic import AnsibleModule, env_fallback

from ansible_collections.netbox.cursor.plugins.module_utils._http.access import (
    SHORTEST_SECRET,
    parse_headers,
    string_or_none,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import BadRequest, NetBoxError, UsageError


def connection_arguments() -> dict[str, dict[str, t.Any]]:
    """The argument spec of doc fragment _connection; ``_connection.module`` says where values come from besides."""
    return {
        "api_endpoint": _from({"type": "str", "required": True, "aliases": ["url"]}, "NETBOX_API", "NETBOX_URL"),
        "token": _from({"type": "raw", "no_log": True}, "NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY"),
        "headers": _from({"type": "raw", "default": {}, "no_log": True}, "NETBOX_HEADERS"),
        "branch": _from({"type": "str"}, "NETBOX_BRANCH"),
        "validate_certs": _from({"type": "bool", "default": True}, "NETBOX_VALIDATE_CERTS"),
        "ca_path": _from({"type": "path"}, "NETBOX_CA_PATH"),
        "client_cert": _from({"type": "path", "aliases": ["cert"]}, "NETBOX_CLIENT_CERT"),
        "client_key": _from({"type": "path", "aliases": ["key"], "no_log": False}, "NETBOX_CLIENT_KEY"),
        "timeout": _from({"type": "float", "default": 60}, "NETBOX_TIMEOUT"),
        "retries": _from({"type": "int", "default": 5}, "NETBOX_RETRIES"),
    }


def _from(argument: dict[str, t.Any], *variables: str) -> dict[str, t.Any]:
    return {**argument, "fallback": (env_fallback, list(variables))}


def new_module(arguments: Mapping[str, t.Any], **options: t.Any) -> AnsibleModule:
    """The module with its own ``arguments`` besides those of the connection."""
    module = AnsibleModule(argument_spec={**connection_arguments(), **arguments}, supports_check_mode=True, **options)
    # Ansible blackens each value of headers wherever it stands in what is returned. Of short ones ("https") that would
    # say more than it hides, and spoil URLs.
    module.no_log_values = {value for value in module.no_log_values if len(value) >= SHORTEST_SECRET}
    return module


@contextlib.contextmanager
def connected(module: AnsibleModule) -> Iterator[Client]:
    """A client as the module's arguments want it. Any :class:`NetBoxError` in the block ends the module with a failure.

    Beside ``msg`` it has ``failure``: what was tried and what NetBox said, for programs.
    """
    try:
        with _client(module) as client:
            yield client
    except NetBoxError as error:
        module.fail_json(msg=explain(error), failure=failure_of(error))


def _client(module: AnsibleModule) -> Client:
    options = module.params
    return Client(
        options["api_endpoint"],
        _token(options["token"]),
        headers=parse_headers(options["headers"] or {}),
        branch=string_or_none(options["branch"]),
        verify=options["validate_certs"] and (string_or_none(options["ca_path"]) or True),
        certificate=string_or_none(options["client_cert"]),
        key=string_or_none(options["client_key"]),
        timeout=options["timeout"],
        retries=options["retries"],
        agent="module",
        log=lambda verbosity, line: module.debug(line),
        warn=module.warn,
    )


def _token(value: t.Any) -> t.Any:
    if value is None or isinstance(value, (str, Mapping)):
        return value
    raise UsageError("token is a text, or a dictionary with the keys type and value.")


def failure_of(error: NetBoxError) -> dict[str, t.Any]:
    """``error`` for programs: its class as ``kind``, what was tried, NetBox's words, and how often it was asked."""
    return {
        "kind": type(error).__name__,
        "method": error.method or None,
        "url": error.url or None,
        "status": error.status,
        "detail": error.detail or None,
        "fields": error.fields if isinstance(error, BadRequest) else {},
        "tries": error.tries,
    }
