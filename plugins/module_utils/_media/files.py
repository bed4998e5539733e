# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Write files on the host where a module runs, completely or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule


def write_file(module: AnsibleModule, dest: str, content: bytes) -> dict[str, t.Any]:
    """Ensure that the file ``dest`` has this content, and has the file attributes from the module's options.

    Return ``changed``, ``dest``, and, in diff mode, ``diff``. Change nothing in check mode. Fail the module if ``dest``
    is not a regular file, or cannot be written.
    """
    try:
        current = _read(module, dest)
        changed = current != content
        if changed and not module.check_mode:
            _replace(module, dest, content)
    except OSError as error:
        module.fail_json(msg=f"Cannot write dest {dest!r}: {error.strerror}.")
    result: dict[str, t.Any] = {"changed": changed, "dest": dest}
    if os.path.exists(dest):
        attributes = module.load_file_common_arguments(module.params, path=dest)
        result["changed"] = module.set_fs_attributes_if_different(attributes, changed)
    if module._diff:
        result["diff"] = {
            "before": (current or b"").decode("utf-8", "replace"),
            "after": content.decode("utf-8", "replace"),
            "before_header": dest,
            "after_header": dest,
        }
    return result


def _read(module: AnsibleModule, dest: str) -> bytes | None:
    """Return the content of ``dest``, or ``None`` if it does not exist. Fail the module if it is not a regular file."""
    if not os.path.basename(dest):
        module.fail_json(msg=f"Cannot write dest {dest!r}: it must be the path of a file, not of a directory.")
    directory = os.path.dirname(os.path.abspath(dest))
    # In check mode, the directory might be missing only because an earlier task did not create it.
    if not module.check_mode and not os.path.isdir(directory):
        module.fail_json(msg=f"Cannot write dest {dest!r}: its directory does not exist.")
    try:
        is_regular = stat.S_ISREG(os.stat(dest).st_mode)
    except FileNotFoundError:
        return None
    if not is_regular:
        module.fail_json(msg=f"Cannot write dest {dest!r}: it exists and is not a regular file.")
    with open(dest, "rb") as stream:
        return stream.read()


def _replace(module: AnsibleModule, dest: str, content: bytes) -> None:
    number, part = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(number, "wb") as stream:
        stream.write(content)
    # atomic_move() requires a path that contains a directory.
    module.atomic_move(part, os.path.abspath(dest), unsafe_writes=module.params["unsafe_writes"])
