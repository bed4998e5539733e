# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Compare, add, replace, and remove the image attachments of one NetBox object.

NetBox does not require names to be unique, and a request to add an image can succeed even if its response is lost.
Therefore, the attachments are listed again after an image was added. If several attachments have the desired name, the
module fails and lists them.
"""

from __future__ import annotations

import dataclasses
import time
import typing as t
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    ErrorStatus,
    NetBoxError,
    NotFound,
    NotOne,
    TimedOut,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.copies import ImageCopies
from ansible_collections.netbox.cursor.plugins.module_utils._media.desired import DesiredImage
from ansible_collections.netbox.cursor.plugins.module_utils._media.image_files import Fingerprint, ImageFile
from ansible_collections.netbox.cursor.plugins.module_utils._media.objects import find_one
from ansible_collections.netbox.cursor.plugins.module_utils._media.rejections import UNCERTAIN, advise, describe_types

ENDPOINT = "extras/image-attachments"
# Results of a comparison.
SAME, DIFFERENT, LOST = "same", "different", "lost"
# Seconds between requests for an image that NetBox might still be storing.
_PAUSES = (0, 0.2, 0.4, 0.8, 1.6)
_WRITE_ADVICE = "Use a token with write access, and give its user permission to {0} image attachments."


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The action that was or would be performed: ``added``, ``replaced``, ``updated``, ``removed``, or ``left``.

    ``row``: the attachment as NetBox returns it, or ``None`` if it does not exist. ``before`` and ``after``: values for
    the diff.
    """

    action: str
    row: Row | None
    before: t.Any
    after: t.Any


def parse_object_type(written: str) -> str:
    """Return ``written`` in NetBox's notation, such as ``dcim.device``."""
    text = written.strip().lower()
    app, dot, model = text.partition(".")
    if not (app and dot and model) or not model.replace("_", "").isalnum():
        raise UsageError(f"Invalid object_type {written!r}. Use the form app.model, such as dcim.device.")
    return text


def find_object_id(client: Client, object_type: str, filters: Pairs) -> int:
    """Return the ID of the only object of ``object_type`` that ``filters`` select. See :func:`find_one` for errors."""
    app, dummy, model = object_type.partition(".")
    usual = [endpoint for endpoint in ENDPOINTS if endpoint.replace("-", "") == f"{app}/{model}s"]
    endpoint = usual[0] if usual else _read_types(client).get(object_type)
    if not endpoint:
        raise UsageError(f"NetBox cannot attach images to objects of object_type {object_type!r}.")
    return int(find_one(client, endpoint, filters)["id"])


def _read_types(client: Client) -> dict[str, str]:
    """Return the object types to which NetBox can attach images, with their endpoints."""
    parameters = [("features", "image_attachments"), ("fields", "app_label,model,rest_api_endpoint"), ("limit", "0")]
    answer = client.get("api/core/object-types/", parameters)
    try:
        paths = {f"{row['app_label']}.{row['model']}": row.get("rest_api_endpoint") for row in answer["results"]}
    except (AttributeError, KeyError, TypeError):
        raise UnexpectedAnswer("The response for core/object-types is not a list of object types.") from None
    return {name: str(path or "").rpartition("api/")[2].strip("/") for name, path in paths.items()}


class Attachments:
    """The image attachments of the object that ``object_type`` and ``object_id`` identify."""

    def __init__(
        self, client: Client, copies: ImageCopies, object_type: str, object_id: int, warn: t.Callable[[str], object]
    ) -> None:
        self._client = client
        self._copies = copies
        self._object = {"object_type": object_type, "object_id": object_id}
        self._warn = warn

    def present(self, desired: DesiredImage, *, compare: str, check: bool, diff_bytes: int) -> Outcome:
        """Ensure that the object has one attachment with the desired name and the desired image.

        * ``compare``: ``content``, or ``size`` if NetBox's copy cannot be read.
        * ``check``: whether to change nothing.
        * ``diff_bytes``: for a diff, read NetBox's copy if it is not larger than this, even if the size alone reveals
          the difference.
        """
        rows = self._list_named(desired.name)
        if len(rows) > 1:
            error = NotOne(f"There are {len(rows)} image attachments with the name {desired.name!r}: {_list(rows)}.")
            error.advice = "Remove the ones that you do not need. state=absent removes all of them."
            raise error
        if not rows:
            return self._put("added", desired, None, {}, compare, check)
        row = rows[0]
        current = row.get("description") or ""
        if desired.description is None:
            desired = dataclasses.replace(desired, description=current)
        state, copy = self._compare(row, desired.file, compare)
        if diff_bytes and copy is None and state != LOST:
            copy = self._read_for_diff(row, diff_bytes)
        before = _describe(row, copy)
        if state == LOST:
            return self._restore(desired, row, before, check)
        if state == DIFFERENT:
            return self._put("replaced", desired, row, before, compare, check)
        after = {**before, "description": desired.description}
        if desired.description == current:
            return Outcome("left", row, before, after)
        if check:
            self._check_fields(desired, "PUT")
            return Outcome("updated", row, before, after)
        # NetBox fails if the request does not contain the object.
        changes = {**self._object, "description": desired.description}
        return Outcome("updated", self._change(row, changes), before, after)

    def absent(self, name: str, *, check: bool) -> Outcome:
        """Ensure that the object does not have an attachment with this name."""
        rows = self._list_named(name)
        if not rows:
            self._check_object()
            return Outcome("left", None, {}, {})
        if not check:
            for row in rows:
                self._delete(row)
        elif self._read_actions() == {}:
            self._warn(
                "The token is read-only, or its user cannot write image attachments. "
                "Outside check mode, NetBox will probably reject the removal."
            )
        before = [_describe(row, None) for row in rows]
        return Outcome("removed", None, before[0] if len(rows) == 1 else before, {})

    def _list_named(self, name: str) -> list[Row]:
        """Return the attachments with exactly this name. NetBox's filter trims names and ignores an empty name."""
        filters = [(key, str(value)) for key, value in self._object.items()]
        with Pager(self._client, max_workers=1) as pager:
            rows = list(pager.rows(ENDPOINT, filters))
        # Check the rows again, because it is unsafe to remove attachments that only NetBox's filters select.
        return [row for row in rows if row.get("name", "") == name and self._object.items() <= row.items()]

    def _compare(self, row: Row, file: ImageFile, compare: str) -> tuple[str, Fingerprint | None]:
        """Compare the image of ``row`` with ``file``. If NetBox's copy was read, also return its fingerprint.

        Dimensions are used only if nothing else is available, because programs can read different dimensions from the
        same file.
        """
        size = row.get("image_size")
        if size is not None and size != file.size:
            return DIFFERENT, None
        if compare == "size":
            dimensions = (file.type.width, file.type.height)
            known = size is None and None not in dimensions  # NetBox before 4.6.4 does not report sizes.
            same = not known or (row.get("image_width"), row.get("image_height")) == dimensions
            return SAME if same else DIFFERENT, None
        try:
            copy = self._copies.read_fingerprint(row, file.size)
        except NetBoxError as error:
            if isinstance(error, NotFound) and self._is_lost(row):
                self._client.log(1, f"{error} NetBox lost the file, so the image is sent again.")
                return LOST, None
            error.message += " The module needs NetBox's copy of the image to compare it."
            error.advice = error.advice or (
                "Give the token's user permission to view image attachments. If NetBox does not require a login, it "
                "ignores the token for media files. In this case, set compare=size. If NetBox lost the file, remove "
                "the attachment with state=absent."
            )
            raise
        return SAME if copy == file.fingerprint else DIFFERENT, copy

    def _is_lost(self, row: Row) -> bool:
        if all(row["id"] != other["id"] for other in self._list_named(row.get("name", ""))):
            raise NotOne(f"Another task removed the image attachment {_list([row])}. Run the task again.")
        return self._copies.is_lost(row)

    def _read_for_diff(self, row: Row, max_bytes: int) -> Fingerprint | None:
        try:
            return self._copies.read_fingerprint(row, max_bytes)
        except NetBoxError as error:
            self._warn(f"Cannot read NetBox's copy of the image for the diff. {error}")
            return None

    def _put(
        self, action: str, desired: DesiredImage, old: Row | None, before: t.Any, compare: str, check: bool
    ) -> Outcome:
        """Add the desired image, and then remove ``old``.

        If the attachment were changed in place, NetBox would not delete the old file.
        """
        after = desired.describe()
        if check:
            desired.check_file()
            self._check_fields(desired, "POST")
            if old is None:
                self._check_object()
            return Outcome(action, old, before, after)
        row = self._upload(desired, old, compare)
        try:
            if old:
                self._delete(old)
                if _path(row) == _path(old):
                    # NetBox had lost the old file and reused its name for the new file. When the old attachment was
                    # deleted, NetBox therefore deleted the new file. Send the image again.
                    row = self._change(row, self._create_form(desired))
            rows = self._list_named(desired.name)
        except NetBoxError as error:
            error.message += f" The new image is attached: {_list([row])}."
            raise
        if [each["id"] for each in rows] != [row["id"]]:
            conflict = NotOne(
                f"The image was attached ({_list([row])}), but now NetBox lists these attachments with the name "
                f"{desired.name!r}: {_list(rows) or 'none'}. Another task is changing the same attachment."
            )
            conflict.advice = "Do not run such tasks at the same time. state=absent removes all of the attachments."
            raise conflict
        return Outcome(action, row, before, after)

    def _restore(self, desired: DesiredImage, row: Row, before: t.Any, check: bool) -> Outcome:
        """Send the image of an attachment whose file NetBox lost.

        NetBox reuses the lost file's name for the new file. If the module added a new attachment and removed the old
        one, NetBox would remove the new file together with the old attachment.
        """
        if check:
            desired.check_file()
            self._check_fields(desired, "PUT")
        else:
            row = self._change(row, self._create_form(desired))
        return Outcome("replaced", row, before, desired.describe())

    def _upload(self, desired: DesiredImage, old: Row | None, compare: str) -> Row:
        """Send the image once. If the response is lost, look for the attachment instead of sending it again."""
        try:
            return self._write("POST", f"api/{ENDPOINT}/", self._create_form(desired))
        except NetBoxError as error:
            row = self._find_upload(error, desired, old, compare)
            if row is None:
                types = {} if not isinstance(error, ErrorStatus) else self._types_if_readable()
                error.advice = advise(error, desired, str(self._object["object_type"]), types)
                if isinstance(error, UNCERTAIN) and old:
                    error.advice += f" If it did, remove the previous image: {_list([old])}."
                raise
            self._client.log(1, f"{error} NetBox attached the image anyway: {_list([row])}.")
            return row

    def _create_form(self, desired: DesiredImage) -> Multipart:
        fields = {key: str(value) for key, value in self._object.items()}
        fields.update(name=desired.name, description=desired.description or "")
        file = desired.file
        return Multipart(fields, "image", desired.filename, desired.content_type, file.size, file.read_chunks)

    def _find_upload(self, error: NetBoxError, desired: DesiredImage, old: Row | None, compare: str) -> Row | None:
        """Return the attachment that NetBox added although the request failed with ``error``, or ``None``."""
        if not isinstance(error, UNCERTAIN):
            return None
        is_late = isinstance(error, TimedOut) or error.status == 504
        try:
            for pause in _PAUSES if is_late else (0,):
                time.sleep(pause)
                for row in self._list_named(desired.name):
                    is_new = old is None or row["id"] != old["id"]
                    if is_new and self._compare(row, desired.file, compare)[0] == SAME:
                        return row
        except NetBoxError as other:
            self._client.log(1, str(other))
        return None

    def _change(self, row: Row, changes: Mapping[str, t.Any] | Multipart) -> Row:
        try:
            return self._write("PATCH", f"api/{ENDPOINT}/{row['id']}/", changes)
        except AccessDenied as error:
            error.advice = _WRITE_ADVICE.format("change")
            raise

    def _write(self, method: str, path: str, content: Mapping[str, t.Any] | Multipart) -> Row:
        """Send the request, and return the attachment as NetBox stores it."""
        row = self._client.write(method, path, content)
        if not isinstance(row, dict) or not isinstance(row.get("id"), int):
            raise UnexpectedAnswer(f"{method} {path}: the response is not an image attachment.")
        return row

    def _delete(self, row: Row) -> None:
        path = f"api/{ENDPOINT}/{row['id']}/"
        try:
            if self._client.write("DELETE", path) is not None:
                raise UnexpectedAnswer(f"DELETE {path}: the response must not have content.")
        except NetBoxError as error:
            # NetBox also reports a missing object if the token's user has no permission to delete the attachment.
            missing = isinstance(error, NotFound) and error.is_missing_object
            if missing and all(row["id"] != other["id"] for other in self._list_named(row.get("name", ""))):
                return
            state = "might still exist" if isinstance(error, UNCERTAIN) else "still exists"
            error.message += f" The image attachment {_list([row])} {state}."
            if isinstance(error, (AccessDenied, NotFound)):
                error.advice = "Give the token's user permission to delete image attachments."
            raise

    def _check_object(self) -> None:
        """Raise an error if NetBox would certainly reject attachments to this object."""
        object_type, number = str(self._object["object_type"]), self._object["object_id"]
        types = _read_types(self._client)
        if object_type not in types:
            raise UsageError(
                f"NetBox cannot attach images to objects of object_type {object_type!r}. {describe_types(types)}"
            )
        try:
            self._client.get(f"api/{types[object_type]}/{number}/", [("fields", "id")])
        except AccessDenied as error:
            self._client.log(1, f"{error} NetBox requires no permission on the object, so this is not an error.")

    def _read_actions(self) -> dict[str, t.Any] | None:
        """Return the fields that the token's user can write, by method.

        Return ``None`` if NetBox does not report them.
        """
        try:
            described = self._client.write("OPTIONS", f"api/{ENDPOINT}/")
        except (ErrorStatus, UnexpectedAnswer) as error:
            self._client.log(1, str(error))
            return None
        if not isinstance(described, dict) or not isinstance(described.get("parses"), list):
            return None
        actions = described.get("actions")
        return actions if isinstance(actions, dict) else {}

    def _check_fields(self, desired: DesiredImage, method: str) -> None:
        """Raise an error if NetBox would reject the fields, or if the token's user cannot write them."""
        actions = self._read_actions()
        if actions is None:
            return
        if method not in actions:
            verb = "add" if method == "POST" else "change"
            error = AccessDenied(f"The token is read-only, or its user has no permission to {verb} image attachments.")
            error.advice = _WRITE_ADVICE.format(verb)
            raise error
        if isinstance(actions[method], Mapping):
            desired.check_lengths(actions[method])

    def _types_if_readable(self) -> dict[str, str]:
        try:
            return _read_types(self._client)
        except NetBoxError as error:
            self._client.log(1, str(error))
            return {}


def _describe(row: Row, copy: Fingerprint | None) -> dict[str, t.Any]:
    """Return the values of an attachment for a diff.

    NetBox never reports a digest. Versions before 4.6.4 do not report the size either.
    """
    return {
        "name": row.get("name"),
        "description": row.get("description"),
        "size": copy.size if copy else row.get("image_size"),
        "width": row.get("image_width"),
        "height": row.get("image_height"),
        "sha256": copy.sha256 if copy else None,
    }


def _list(rows: Iterable[Row]) -> str:
    return ", ".join(f"id {row['id']} ({_path(row)})" for row in rows)


def _path(row: Row) -> str:
    return urlsplit(str(row.get("image"))).path
