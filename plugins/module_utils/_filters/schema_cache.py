# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The query parameters in a server's OpenAPI schema of 13 MB, cached on disk in a small file for each server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.netbox.cursor.plugins.module_utils._filters.known import BOOLEAN, MANY, ONE
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer

Texts = dict[str, str]
"""Endpoints, and their parameters with markers, separated by spaces."""

# Part of the file names. Change it when the content of the files changes.
FORMAT = 2


def cache_folder() -> Path:
    """Return the user's directory for data that can be created again (XDG)."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(home)) / "netbox.cursor"


class SchemaCache:
    """Files in ``folder``, one for each address, version, and set of plugins. Only the user can read them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()

    def names(self, client: Client, about: t.Any) -> Texts:
        """Return the parameters of all endpoints, from disk if they are cached. Raise what the client raises.

        ``about`` is what the schema depends on besides the address: a value that JSON can express.
        """
        key = hashlib.sha256(json.dumps([client.endpoint, about, FORMAT]).encode()).hexdigest()
        path = self._folder / f"schema-{key}.json"
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(kept, dict) and kept and all(isinstance(text, str) for text in kept.values()):
                return kept
        except (OSError, ValueError):
            pass  # The file does not exist, or it is damaged. It is written again below.
        names = extract_parameters(client.get("api/schema/", [("format", "json")]))
        self._write(path, names, client)
        return names

    def _write(self, path: Path, names: Texts, client: Client) -> None:
        """Write the whole file or nothing, even if several processes write it at the same time."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp() creates files that only the user can read.
            handle, part = tempfile.mkstemp(dir=self._folder, prefix=path.name)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(names, file)
                os.replace(part, path)
            except BaseException:
                os.unlink(part)
                raise
        except OSError as error:
            client.log(1, f"Cannot cache the names of filters: {error}")


def extract_parameters(schema: t.Any) -> Texts:
    """Return the query parameters of all lists, and of all views of one object, that an OpenAPI schema describes."""
    paths = schema.get("paths") if isinstance(schema, dict) else None
    if not isinstance(paths, dict) or not paths:
        raise UnexpectedAnswer("The schema contains no paths.")
    prefix = _prefix(paths)
    try:
        return {
            re.sub(r"\{[^/]*\}", "{id}", path[len(prefix) :]).strip("/"): " ".join(sorted(_parameters(item["get"])))
            for path, item in paths.items()
            if path.startswith(prefix) and not path.endswith("}/") and "get" in item
        }
    except (AttributeError, KeyError, TypeError):
        raise UnexpectedAnswer("The schema is not an OpenAPI schema.") from None


def _prefix(paths: t.Iterable[str]) -> str:
    """Return the path of the API, ``/api/`` after the base path of this NetBox, which a proxy can replace."""
    own = [path for path in map(str, paths) if path.endswith("/api/status/")]
    return min(own, key=len)[: -len("status/")] if own else "/api/"


def _parameters(operation: dict[str, t.Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "query":
            kind = parameter.get("schema", {}).get("type")
            yield parameter["name"] + {"array": MANY, "boolean": BOOLEAN}.get(kind, ONE)
