# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Store inventories in Ansible's inventory cache. An entry's key depends on everything that affects the inventory."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import stat
import time
import typing as t
import zlib
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.plugins.cache import BaseFileCacheModule

from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION

Content = dict[str, t.Any]


def cache_key(*parts: t.Any) -> str:
    """Return a cache key with a full hash of ``parts``, such as the base URL, the credentials, and all options."""
    text = json.dumps([VERSION, *parts], sort_keys=True, default=str)
    return "netbox_cursor_" + hashlib.sha256(text.encode()).hexdigest()


def keep_private(cache: MutableMapping[str, t.Any]) -> None:
    """Make the files of ``cache`` readable only by their owner. Ansible creates them readable by all users."""
    folder = _folder_of(cache)
    for path in [path for key in cache for path in _files_of(folder, key)] if folder else ():
        with contextlib.suppress(OSError):  # the cache plugin has reported that it could not write the file
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                found = os.fstat(descriptor)
                if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
                    os.fchmod(descriptor, 0o600)
            finally:
                os.close(descriptor)


def _folder_of(cache: t.Any) -> Path | None:
    """Return the directory of a cache, or ``None`` if its plugin does not store files."""
    plugin = getattr(cache, "_plugin", None)
    return Path(plugin._cache_dir) if isinstance(plugin, BaseFileCacheModule) else None


def _files_of(folder: Path, key: str) -> list[Path]:
    """Return the files that might contain an entry. Ansible adds a prefix, which depends on its version, to the key."""
    return sorted(path for path in folder.iterdir() if path.name.endswith(key))


def _doubt_folder(folder: Path) -> str | None:
    """Return the reason why other users can create entries in a directory, or ``None``."""
    try:
        link, found = os.lstat(folder), os.stat(folder)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not {link.st_uid, found.st_uid} <= {os.geteuid(), 0}:
        return "belongs to another user"
    writable = found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and found.st_gid != os.getegid())
    if writable and not found.st_mode & stat.S_ISVTX:
        return "can be changed by other users"
    return None


def _doubt_file(path: Path) -> str | None:
    """Return the reason why other users might have written an entry, or ``None``."""
    try:
        found = os.lstat(path)
    except OSError:
        return None  # the file was deleted in the meantime
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        return "is a link or not a regular file"
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be changed by other users"
    return None


class Entry:
    """The entry of one inventory in ``cache``. The entry expires after ``seconds``, or never if ``seconds`` is 0.

    If other users might have written the entry, it is not used. If other users can replace files in the directory, the
    entry is neither used nor written. ``warn`` receives the reason.
    """

    def __init__(
        self, cache: MutableMapping[str, t.Any], key: str, seconds: float, warn: t.Callable[[str], None]
    ) -> None:
        self._cache = cache
        self._key = key
        self._seconds = seconds
        self._warn = warn
        self._folder = _folder_of(cache)
        self._usable = self._folder is None or self._is_trusted(self._folder, _doubt_folder)

    def _is_trusted(self, path: Path, doubt: t.Callable[[Path], str | None]) -> bool:
        reason = doubt(path)
        if reason:
            self._warn(f"The inventory cache is not used: {path} {reason}.")
        return not reason

    def read(self, stale: float = 0) -> Content | None:
        """Return the content, unless it expired more than ``stale`` seconds ago, is damaged, or is not trusted."""
        kept = self._kept(self._key)
        try:
            if kept is None or (self._seconds and time.time() - kept["time"] > self._seconds + stale):
                return None
            content: Content = json.loads(zlib.decompress(base64.b64decode(kept["content"])))
            return content
        except (KeyError, TypeError, ValueError, zlib.error):
            return None

    def read_state(self) -> t.Any:
        """Return the state that :meth:`write` stored, of any age, or ``None``."""
        kept = self._kept(self._key)
        return kept.get("state") if kept else None

    def read_parts(self, number: int) -> list[str] | None:
        """Return the parts that :meth:`write` stored, or ``None`` if one of them is missing."""
        parts = [self._kept(key) for key in self._part_keys(number)]
        texts = [part["content"] for part in parts if part and isinstance(part.get("content"), str)]
        return texts if len(texts) == number else None

    def _part_keys(self, number: int) -> list[str]:
        return [f"{self._key}_{place}" for place in range(number)]

    def _kept(self, key: str) -> Content | None:
        """Return the value of a key, or ``None`` if the value is missing, damaged, or not trusted."""
        files = _files_of(self._folder, key) if self._folder and self._usable else []
        if not self._usable or not all(self._is_trusted(path, _doubt_file) for path in files):
            return None
        try:
            kept: Content = self._cache[key]
            # Compare the key, because a user who can rename files can replace this file with another entry.
            return kept if kept["key"] == key else None
        except (AnsibleError, KeyError, TypeError, ValueError):
            return None

    def write(self, content: Content, state: t.Any = None, parts: Sequence[str] = ()) -> None:
        """Store ``content`` as one string. Newer versions of Ansible need minutes to store the values one by one.

        The string is compressed, because Ansible's caches encode it as JSON twice and would escape each quote in it.

        ``parts`` contains additional strings for a refresh. ``state`` describes these parts. A cached run does not read
        the parts.
        """
        if self._usable:
            # The content contains no circular references, and looking for them takes a tenth of the time.
            packed = zlib.compress(json.dumps(content, ensure_ascii=False, check_circular=False).encode(), level=1)
            packed_text = base64.b64encode(packed).decode()
            now = time.time()
            for key, part in zip(self._part_keys(len(parts)), parts):
                self._cache[key] = {"time": now, "key": key, "content": part}
            # Write this entry last, so that it never refers to parts that were not written.
            self._cache.pop(self._key, None)
            self._cache[self._key] = {"time": now, "key": self._key, "content": packed_text, "state": state}
