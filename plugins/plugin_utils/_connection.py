# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Create a client and a pager from a plugin's options (doc fragments ``_connection`` and ``_paging``)."""

from __future__ import annotations

import functools
import hashlib
import os
import typing as t

from ansible.plugins import AnsiblePlugin
from ansible.utils.display import Display
from ansible.utils.path import unfrackpath

from ansible_collections.netbox.cursor.plugins.module_utils._http.access import parse_headers
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import executor_class
from ansible_collections.netbox.cursor.plugins.plugin_utils._options import CAN_BE_NONE


def connect(plugin: AnsiblePlugin, agent: str) -> Client:
    """Return a client for the connection options of ``plugin``.

    ``agent``, such as ``lookup`` or ``inventory``, becomes part of the user agent. Raise :class:`UsageError` if an
    option is invalid.
    """
    option = functools.partial(_option, plugin)
    if not option("api_endpoint"):
        raise UsageError(
            "api_endpoint is not set. Set this option, the variable netbox_api, or the environment variable "
            "NETBOX_API to the base URL of NetBox."
        )
    display = Display()
    return Client(
        option("api_endpoint"),
        option("token"),
        headers=parse_headers(option("headers") or {}),
        branch=option("branch"),
        verify=option("validate_certs") and (_path(option("ca_path")) or True),
        certificate=_path(option("client_cert")),
        key=_path(option("client_key")),
        timeout=option("timeout"),
        retries=option("retries"),
        max_workers=option("max_workers"),
        agent=agent,
        warn=display.warning,
        log=lambda verbosity, line: display.verbose(f"netbox.cursor: {line}", caplevel=verbosity - 1),
    )


def _option(plugin: AnsiblePlugin, name: str) -> t.Any:
    """Return the value of an option. If it is empty, try each of its environment variables, and then its default."""
    definition = plugin.option_definitions[name]
    values = [plugin.get_option(name), *(os.environ.get(entry["name"]) for entry in definition.get("env", ()))]
    value = next((value for value in values if value not in (None, "")), definition.get("default"))
    # Ansible converts false to a string if the option's type is a string.
    return None if name in CAN_BE_NONE and str(value).lower() == "false" else value


def identity(plugin: AnsiblePlugin) -> list[str]:
    """Return the parts of a cache key that identify the connection: base URL, branch, and a hash of the credentials."""
    option = functools.partial(_option, plugin)
    user = hashlib.sha256(str([option("token"), option("headers")]).encode()).hexdigest()
    return [str(option("api_endpoint")), str(option("branch")), user]


def open_pager(plugin: AnsiblePlugin, client: Client) -> Pager:
    """Return a pager for ``client`` with the options of ``plugin``."""
    return Pager(
        client,
        pagination=plugin.get_option("pagination"),
        page_size=plugin.get_option("page_size"),
        max_workers=plugin.get_option("max_workers"),
        executor_class=executor_class(plugin.get_option("thread_pool_executor")),
        warn=Display().warning,
    )


def _path(value: str | None) -> str | None:
    """Expand a path as Ansible does. Return ``None`` if the path is empty or not set."""
    return str(unfrackpath(value, follow=False)) if value else None
