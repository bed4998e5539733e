# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The files of a gallery in one directory.

Files are written completely or not at all. Only files that the gallery wrote are removed. A manifest lists the files
with digests of their sources. The manifest is untrusted data, so names that the gallery does not use are ignored.
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import re
import stat
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule

MANIFEST = ".rack_elevations.json"
DRAWINGS = "racks"
PAGE = "index.html"
VERSION = 1
ASSETS = {"stylesheet": "gallery.css", "script": "gallery.js"}
_DRAWING = re.compile(DRAWINGS + r"/[\w-][\w.-]*\.svg")


@dataclasses.dataclass
class Manifest:
    """The manifest that the previous run wrote.

    * ``settings``: digest of the options on which all files depend.
    * ``state``: the state of the lists in NetBox, or ``None`` if the next run must read them again.
    * ``generated``: the time when a file was last changed, in the format that the page uses.
    * ``files``: for each file, two digests: one of the content and one of the source data.
    """

    settings: str = ""
    state: t.Any = None
    generated: str = ""
    files: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)

    @classmethod
    def parse(cls, content: bytes | None) -> Manifest:
        """Return the manifest in ``content``, or an empty manifest if ``content`` has a different format."""
        try:
            data = json.loads(content or b"{}")
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("files"), dict):
            return cls()
        files = {
            str(name): {"sha256": str(entry.get("sha256")), "source": str(entry.get("source"))}
            for name, entry in data["files"].items()
            if isinstance(entry, dict) and (name in (PAGE, *ASSETS.values()) or _DRAWING.fullmatch(name))
        }
        return cls(str(data.get("settings")), data.get("state"), str(data.get("generated") or ""), files)

    def serialize(self) -> bytes:
        return (json.dumps({"version": VERSION, **dataclasses.asdict(self)}, sort_keys=True, indent=1) + "\n").encode()


class GalleryFiles:
    """The directory of a gallery.

    Modes, owners, and groups are set only when a file or directory is created.
    """

    def __init__(self, module: AnsibleModule, directory: str) -> None:
        self._module = module
        self._directory = directory
        # Names of files that were written or removed. In check mode, nothing is written or removed, but the names are
        # recorded.
        self.written: list[str] = []
        self.removed: list[str] = []

    def create_directories(self) -> None:
        """Create the directory of the gallery and its subdirectory for drawings, if they do not exist."""
        for name, follow in (("", True), (DRAWINGS, False)):
            path = os.path.join(self._directory, name) if name else self._directory
            try:
                mode = (os.stat if follow else os.lstat)(path).st_mode
            except FileNotFoundError:
                self.written.append(name or ".")
                if not self._module.check_mode:
                    self._try(path, os.makedirs, path)
                    self._set_attributes(path, "directory_mode")
                continue
            except OSError as error:
                self._fail(path, error)
            if not stat.S_ISDIR(mode):
                self._module.fail_json(msg=f"Cannot write to {path!r}: it exists and is not a directory.")

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, or ``None`` if it does not exist.

        Fail the module if it is not a regular file.
        """
        path = os.path.join(self._directory, name)
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                self._module.fail_json(msg=f"Cannot write {path!r}: it exists and is not a regular file.")
            with open(path, "rb") as stream:
                return stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._fail(path, error)

    def has(self, name: str, sha256: str) -> bool:
        """Return whether a file exists and has this digest."""
        content = self.read(name)
        return content is not None and hash_bytes(content) == sha256

    def write(self, name: str, content: bytes, *, count: bool = True) -> bool:
        """Write a file if its content differs. Return whether the content differed.

        ``count``: whether to report the file as written.
        """
        current = self.read(name)
        if current == content:
            return False
        if count:
            self.written.append(name)
        if not self._module.check_mode:
            path = os.path.join(self._directory, name)
            self._try(path, self._replace, path, content, current is None)
        return True

    def _replace(self, path: str, content: bytes, is_new: bool) -> None:
        # Create the temporary file in the final directory, because a new file can inherit the directory's group.
        number, part = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".")
        try:
            with os.fdopen(number, "wb") as stream:
                stream.write(content)
            if is_new:
                umask = os.umask(0)
                os.umask(umask)
                os.chmod(part, 0o666 & ~umask)
                self._set_attributes(part, "mode")
            else:
                status = os.lstat(path)
                _copy_owner(part, status)
                os.chmod(part, stat.S_IMODE(status.st_mode))
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise

    def _set_attributes(self, path: str, mode: str) -> None:
        options = self._module.params
        self._module.set_owner_if_different(path, options["owner"], False)
        self._module.set_group_if_different(path, options["group"], False)
        self._module.set_mode_if_different(path, options[mode], False)

    def remove(self, name: str, sha256: str) -> None:
        """Remove a drawing if its content has not changed since the gallery wrote it. Never remove any other file."""
        if not _DRAWING.fullmatch(name):
            return
        path = os.path.join(self._directory, name)
        try:
            is_regular = stat.S_ISREG(os.lstat(path).st_mode)
        except OSError:
            return
        if not is_regular or not self.has(name, sha256):
            self._module.warn(
                f"{path} belongs to a rack that no longer exists, but another program changed it. The module keeps it."
            )
            return
        self.removed.append(name)
        if not self._module.check_mode:
            self._try(path, os.unlink, path)

    def _try(self, path: str, call: t.Callable[..., object], *arguments: t.Any) -> None:
        try:
            call(*arguments)
        except OSError as error:
            self._fail(path, error)

    def _fail(self, path: str, error: OSError) -> t.NoReturn:
        self._module.fail_json(msg=f"Cannot write {path!r}: {error.strerror}.")
        raise AssertionError("fail_json() does not return")


def hash_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _copy_owner(path: str, status: os.stat_result) -> None:
    """Give ``path`` the owner and group of the file that it replaces, if the user has permission."""
    for owner, group in ((status.st_uid, -1), (-1, status.st_gid)):
        try:
            os.chown(path, owner, group)
        except OSError as error:
            if error.errno != errno.EPERM:
                raise
