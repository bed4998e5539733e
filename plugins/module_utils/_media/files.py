# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Files on the host where a module runs: written in one piece, or not at all."""

from __future__ import annotations

import os
import tempfile
import typing as t

from ansible.module_utils.basic import AnsibleModule


def write_file(module: AnsibleModule, dest: str, content: bytes) -> dict[str, t.Any]:
    """Have ``content`` in the file ``dest``, with the file attributes among the module's options.

    Returns ``changed``, ``dest`` and, in diff mode, ``diff``. In check mode nothing is written. Ends the module with a
    failure where the file cannot be written.
    """
    # In check mode, a task before this one may be the one that would make the folder.
    if not module.check_mode and not os.path.isdir(os.path.dirname(os.path.abspath(dest))):
        module.fail_json(msg=f"dest {dest!r} cannot be written: its folder does not exist.")
    try:
        there = _read(dest)
        changed = there != content
        if changed and not module.check_mode:
            _replace(module, dest, content)
    except OSError as error:
        module.fail_json(msg=f"dest {dest!r} cannot be written: {error.strerror}.")
    result: dict[str, t.Any] = {"changed": changed, "dest": dest}
    if os.path.exists(dest):
        attributes = module.load_file_common_arguments(module.params, path=dest)
        result["changed"] = module.set_fs_attributes_if_different(attributes, changed)
    if module._diff:
        result["diff"] = {
            "before": (there or b"").decode("utf-8", "replace"),
            "after": content.decode("utf-8", "replace"),
            "before_header": dest,
            "after_header": dest,
        }
    return result


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def _replace(module: AnsibleModule, dest: str, content: bytes) -> None:
    number, part = tempfile.mkstemp(dir=module.tmpdir)
    with os.fdopen(number, "wb") as stream:
        stream.write(content)
    # It looks for the folder in the name itself: a bare name has none.
    module.atomic_move(part, os.path.abspath(dest))
