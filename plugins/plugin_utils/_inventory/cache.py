# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One inventory in Ansible's inventory cache: one entry, under a key that holds all that matters."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import time
import typing as t
import zlib
from collections.abc import Iterable, MutableMapping
from pathlib import Path

from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION

Content = dict[str, t.Any]


def cache_key(*parts: t.Any) -> str:
    """The key for an inventory made of ``parts``: NetBox's address, who is asking, all options. A full hash."""
    text = json.dumps([VERSION, *parts], sort_keys=True, default=str)
    return "netbox_cursor_" + hashlib.sha256(text.encode()).hexdigest()


def keep_private(keys: Iterable[str], connection: str | None) -> None:
    """Let nobody but the user read what is kept under ``keys``, where ``connection`` is a folder of files.

    Ansible puts something before each key, which depends on its version.
    """
    folder = Path(os.path.expandvars(os.path.expanduser(connection or "")))
    for key in keys:
        for path in folder.glob(f"*{key}") if connection else ():
            with contextlib.suppress(OSError):  # somebody else wrote it
                path.chmod(0o600)


class Entry:
    """The entry of one inventory in ``cache``, which may be used for ``seconds`` (0: for ever)."""

    def __init__(self, cache: MutableMapping[str, t.Any], key: str, seconds: float) -> None:
        self._cache = cache
        self._key = key
        self._seconds = seconds

    def read(self, stale: float = 0) -> Content | None:
        """What was kept, if it is not too old by more than ``stale`` seconds, and not damaged."""
        try:
            kept = self._cache[self._key]
            age = time.time() - kept["time"]
            if self._seconds and age > self._seconds + stale:
                return None
            content: Content = json.loads(zlib.decompress(base64.b64decode(kept["content"])))
            return content
        except (KeyError, TypeError, ValueError, zlib.error):
            return None

    def write(self, content: Content) -> None:
        """Keep ``content``. It goes in as one text: newer cores need minutes for values one by one (PEERS 0).

        The text is packed: the caches of Ansible wrap it into JSON twice, where each quote in it would have to be
        escaped, and read, twice.
        """
        packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode(), level=1)
        self._cache[self._key] = {"time": time.time(), "content": base64.b64encode(packed).decode()}
