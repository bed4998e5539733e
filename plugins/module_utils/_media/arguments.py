# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Code that all modules share: connection options as module arguments, and errors as module failures."""

from __future__ import annotations

import contextlib
import os
import typing as t
from collections.abc import Iterator, Mapping

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule

from ansible_collections.netbox.cursor.plugins.module_utils._http.access import (
    SHORTEST_SECRET,
    parse_headers,
    string_or_none,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    NetBoxError,
    UsageError,
    printable,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.advice import advise_module


def connection_arguments() -> dict[str, dict[str, t.Any]]:
    """Return the argument spec for the options in the doc fragment ``_connection``.

    ``_connection.module`` documents the fallbacks.
    """
    return {
        "api_endpoint": _with_fallback(
            {"type": "str", "required": True, "aliases": ["url"]}, "NETBOX_API", "NETBOX_URL"
        ),
        "token": _with_fallback({"type": "raw", "no_log": True}, "NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY"),
        "headers": _with_fallback({"type": "raw", "default": {}, "no_log": True}, "NETBOX_HEADERS"),
        "branch": _with_fallback({"type": "str"}, "NETBOX_BRANCH"),
        "validate_certs": _with_fallback({"type": "bool", "default": True}, "NETBOX_VALIDATE_CERTS"),
        "ca_path": _with_fallback({"type": "path"}, "NETBOX_CA_PATH"),
        "client_cert": _with_fallback({"type": "path", "aliases": ["cert"]}, "NETBOX_CLIENT_CERT"),
        "client_key": _with_fallback({"type": "path", "aliases": ["key"], "no_log": False}, "NETBOX_CLIENT_KEY"),
        "timeout": _with_fallback({"type": "float", "default": 60}, "NETBOX_TIMEOUT"),
        "retries": _with_fallback({"type": "int", "default": 5}, "NETBOX_RETRIES"),
    }


def _with_fallback(argument: dict[str, t.Any], *variables: str) -> dict[str, t.Any]:
    return {**argument, "fallback": (_read_environment, list(variables))}


def _read_environment(*variables: str) -> str:
    """Return the value of the first environment variable that is not empty."""
    for variable in variables:
        if os.environ.get(variable):
            return os.environ[variable]
    raise AnsibleFallbackNotFound


def new_module(arguments: Mapping[str, t.Any], **options: t.Any) -> AnsibleModule:
    """Create the module with its own ``arguments`` and the connection arguments."""
    module = AnsibleModule(argument_spec={**connection_arguments(), **arguments}, supports_check_mode=True, **options)
    # Ansible masks header values everywhere in the result. Do not mask short values such as "https": masking them would
    # corrupt URLs and reveal the value.
    module.no_log_values = {value for value in module.no_log_values if len(value) >= SHORTEST_SECRET}
    return module


@contextlib.contextmanager
def connected(module: AnsibleModule) -> Iterator[Client]:
    """Yield a client for the module's connection options.

    If the block raises a :class:`NetBoxError`, the module fails. The result contains ``msg`` for people and ``failure``
    for programs.
    """
    try:
        with _connect(module, module.params["token"]) as client:
            yield client
    except NetBoxError as error:
        error.advice = advise_module(error)
        module.fail_json(msg=explain(error), failure=_describe_failure(error))


def connect_anonymously(module: AnsibleModule) -> Client:
    """Return a client for the same NetBox that does not send a token."""
    return _connect(module, None)


def _connect(module: AnsibleModule, token: t.Any) -> Client:
    options = module.params
    if token is not None and not isinstance(token, (str, Mapping)):
        raise UsageError("token must be a string, or a dictionary with the keys type and value.")
    return Client(
        options["api_endpoint"],
        token,
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


def _describe_failure(error: NetBoxError) -> dict[str, t.Any]:
    return {
        "kind": type(error).__name__,
        "method": error.method or None,
        "url": error.url or None,
        "status": error.status,
        # Replace control characters in these strings, because Ansible prints them if the module fails.
        "detail": printable(error.detail) or None,
        "fields": _printable_fields(error) if isinstance(error, BadRequest) else {},
        "tries": error.tries,
    }


def _printable_fields(error: BadRequest) -> dict[str, list[str]]:
    return {printable(name): [printable(text) for text in texts] for name, texts in error.fields.items()}
