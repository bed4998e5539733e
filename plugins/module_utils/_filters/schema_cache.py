# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cache the query parameters from a server's OpenAPI schema. The schema is 13 MB long, but the cache file is small."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.netbox.cursor.plugins.module_utils._filters.known import BOOLEAN, MANY, ONE
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer

Texts = dict[str, str]
"""The parameters of each endpoint, with their markers, separated by spaces."""

# Part of the file names. Change it when the file format changes.
FORMAT = 2


def cache_folder() -> Path | None:
    """Return the collection's directory in the user's cache directory (XDG).

    Return ``None`` if the user has no home directory.
    """
    for home in (os.environ.get("XDG_CACHE_HOME") or "", "~/.cache"):
        path = Path(os.path.expanduser(home))
        # A relative path would depend on the current directory. "~" remains unchanged if the user has no home
        # directory.
        if path.is_absolute():
            return path / "netbox.cursor"
    return None


class SchemaCache:
    """Cache files in ``folder``, one for each base URL, version, and set of plugins. Only the user can read them.

    Directories and files that other users own or can change are not used, because their content determines which
    filters are accepted.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()

    def names(self, client: Client, about: t.Any) -> Texts:
        """Return the parameters of all endpoints, from disk if they are cached.

        Errors from the client are raised unchanged.

        ``about``: JSON data with everything that affects the schema, except for the base URL.
        """
        key = hashlib.sha256(json.dumps([client.endpoint, about, FORMAT]).encode()).hexdigest()
        path = self._folder / f"schema-{key}.json" if self._folder else None
        cached = _read(path) if path else None
        if cached:
            return cached
        names = extract_parameters(client.get("api/schema/", [("format", "json")]))
        if path:
            _write(path, names, client)
        return names


def _read(path: Path) -> Texts | None:
    """Return the content of a file, or ``None`` if it does not exist, is damaged, or cannot be trusted."""
    try:
        _check_trust(os.lstat(path.parent), stat.S_ISDIR)
        # Without O_NONBLOCK, opening a FIFO would wait for another process.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="utf-8") as file:
            _check_trust(os.fstat(handle), stat.S_ISREG)
            names = json.load(file)
    except (OSError, ValueError):
        return None
    if isinstance(names, dict) and names and all(isinstance(text, str) for text in names.values()):
        return names
    return None


def _check_trust(status: os.stat_result, is_right_type: t.Callable[[int], bool]) -> None:
    """Raise :class:`OSError` unless the file has the right type, and only the user owns it and can change it."""
    if not is_right_type(status.st_mode):
        raise OSError("it has the wrong file type")
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError("other users own it or can change it")


def _write(path: Path, names: Texts, client: Client) -> None:
    """Write the complete file or nothing, even if several processes write it concurrently."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_trust(os.lstat(path.parent), stat.S_ISDIR)
        # mkstemp() creates files that only the user can read.
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(names, file)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        client.log(1, f"Cannot cache the filter names in {path.parent}: {error}")


def extract_parameters(schema: t.Any) -> Texts:
    """Return the query parameters of all lists in an OpenAPI schema.

    This includes lists that belong to one object, such as ``dcim/racks/{id}/elevation``.
    """
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
    """Return the path of the API in the schema: the base path of NetBox, followed by ``/api/``.

    A proxy can change the base path.
    """
    own = [path for path in map(str, paths) if path.endswith("/api/status/")]
    return min(own, key=len)[: -len("status/")] if own else "/api/"


def _parameters(operation: dict[str, t.Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "query":
            kind = parameter.get("schema", {}).get("type")
            yield parameter["name"] + {"array": MANY, "boolean": BOOLEAN}.get(kind, ONE)
