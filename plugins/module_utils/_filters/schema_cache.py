# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The names of a server's query parameters, from its schema of 13 MB, kept on disk in a small file for each server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import typing as t
from pathlib import Path

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError, UnexpectedAnswer

Texts = dict[str, str]
"""Endpoints, and the names of their parameters with blanks between."""


def cache_folder() -> Path:
    """The user's folder for what can be made again (XDG)."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(home)) / "netbox.cursor"


class SchemaCache:
    """Files in ``folder``, one for each address, full version and set of plugins; readable by the user alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()

    def names(self, client: Client) -> Texts:
        """What the NetBox of ``client`` says, from disk where it said it before. Raises what the client raises."""
        path = self._folder / f"schema-{_key(client)}.json"
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(kept, dict) and kept and all(isinstance(text, str) for text in kept.values()):
                return kept
        except (OSError, ValueError):
            pass  # not there yet, or damaged: it is made again
        names = distilled(client.get("api/schema/", [("format", "json")]))
        self._write(path, names, client)
        return names

    def _write(self, path: Path, names: Texts, client: Client) -> None:
        """Whole or not at all, also with several processes at once."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Readable by the user alone from the beginning.
            handle, part = tempfile.mkstemp(dir=self._folder, prefix=path.name)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(names, file)
                os.replace(part, path)
            except BaseException:
                os.unlink(part)
                raise
        except OSError as error:
            client.log(1, f"The names of filters cannot be kept: {error}")


def distilled(schema: t.Any) -> Texts:
    """The query parameters of all lists, of all that an OpenAPI schema says."""
    paths = schema.get("paths") if isinstance(schema, dict) else None
    if not isinstance(paths, dict) or not paths:
        raise UnexpectedAnswer("The schema names no paths.")
    names = {}
    try:
        for path, item in paths.items():
            found = re.search(r"/?api/(.+?)/?$", path)
            if found and "{" not in path and "get" in item:
                parameters = item["get"].get("parameters", ())
                names[found[1]] = " ".join(sorted({one["name"] for one in parameters if one.get("in") == "query"}))
    except (AttributeError, KeyError, TypeError):
        raise UnexpectedAnswer("The schema is none of OpenAPI's.") from None
    return names


def _key(client: Client) -> str:
    """Address, full version and plugins; the minor version alone where the status must not be seen."""
    try:
        status = client.get("api/status/")
        facts = [status["netbox-version"], sorted(status["plugins"].items())]
    except (AttributeError, KeyError, TypeError, NetBoxError):
        facts = [client.api_version]
    return hashlib.sha256(json.dumps([client.endpoint, facts]).encode()).hexdigest()
