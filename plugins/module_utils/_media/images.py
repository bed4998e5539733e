# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The image attachments of one object of NetBox: seen, compared by content, added, replaced, removed (FACTS 7)."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
import time
import typing as t
from collections.abc import Mapping
from urllib.parse import urlsplit

from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import advice
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    BadRequest,
    ConnectionLost,
    ErrorStatus,
    NetBoxError,
    NotFound,
    NotOne,
    ServerFailed,
    TimedOut,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.objects import find_one
from ansible_collections.netbox.cursor.plugins.module_utils._media.pictures import (
    EXTENSIONS,
    Fingerprint,
    Picture,
    fingerprint_of,
    picture_in,
    picture_of,
)

ENDPOINT = "extras/image-attachments"
# Seconds to wait, one after the other, for what is still under way: other tasks that are just replacing a picture to
# take the old one away, or NetBox to store one that it got.
_PATIENCE = (0.1, 0.2, 0.4, 0.8, 1.6)
# After these, what was asked for may have been done all the same.
_UNSURE = (ConnectionLost, TimedOut, ServerFailed, UnexpectedAnswer)

_FIELD_ADVICE = {
    "image": (
        "Look at src or content, and at filename: NetBox takes what its picture library can read, under a file name "
        "with a picture's extension, and no SVG."
    ),
    "object_type": "Look at object_type: it is written as app.model, like dcim.device.",
    "object_id": "Look at object_id.",
    "name": "Look at name.",
    "description": "Look at description.",
}


@dataclasses.dataclass(frozen=True)
class Wanted:
    """An attachment as it should be. ``description``: ``None`` for whatever it is."""

    name: str
    description: str | None
    picture: Picture
    filename: str
    content_type: str

    @property
    def facts(self) -> dict[str, t.Any]:
        """What was found out about the picture, for the module's result."""
        mark, kind = self.picture.fingerprint, self.picture.kind
        return {
            "size": mark.size,
            "sha256": mark.sha256,
            "content_type": self.content_type,
            "width": kind.width,
            "height": kind.height,
        }


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was done, or would be: ``added``, ``replaced``, ``updated``, ``removed`` or ``left``.

    ``row`` is the attachment as NetBox gives it, ``None`` where there is none (yet); ``before`` and ``after`` are what
    a person compares.
    """

    action: str
    row: Row | None
    before: t.Any
    after: t.Any


def object_type_of(written: str) -> str:
    """``written`` as NetBox writes types: ``dcim.device``."""
    text = written.strip().lower()
    app, dot, model = text.partition(".")
    if not (app and dot and model) or not model.replace("_", "").isalnum():
        raise UsageError(f"object_type {written!r} is not of the form app.model, like dcim.device.")
    return text


def object_id_of(client: Client, object_type: str, filters: Pairs) -> int:
    """The id of the one object of ``object_type`` that ``filters`` select. Raises as ``find_one``."""
    app, dummy, model = object_type.partition(".")
    usual = [endpoint for endpoint in ENDPOINTS if endpoint.replace("-", "") == f"{app}/{model}s"]
    endpoint = usual[0] if usual else _types_with_images(client).get(object_type)
    if not endpoint:
        raise UsageError(f"object_type {object_type!r} is none that NetBox attaches images to; use object_id.")
    return int(find_one(client, endpoint, filters)["id"])


def _types_with_images(client: Client) -> dict[str, str]:
    """The endpoints of what NetBox attaches images to, by object type."""
    parameters = [("features", "image_attachments"), ("fields", "app_label,model,rest_api_endpoint"), ("limit", "0")]
    answer = client.get("api/core/object-types/", parameters)
    try:
        paths = {f"{row['app_label']}.{row['model']}": row.get("rest_api_endpoint") for row in answer["results"]}
    except (AttributeError, KeyError, TypeError):
        raise UnexpectedAnswer("core/object-types is not a list of object types.") from None
    return {name: str(path or "").rpartition("api/")[2].strip("/") for name, path in paths.items()}


def name_of(options: Mapping[str, t.Any]) -> str:
    """The attachment's name that the module's options mean, without spaces around it, which NetBox takes away."""
    if options["name"] is not None:
        return str(options["name"]).strip()
    return os.path.splitext(os.path.basename(options["filename"] or options["src"]))[0].strip()


def wanted_of(options: Mapping[str, t.Any]) -> Wanted:
    """The attachment that the module's options mean. Reads the picture; raises :class:`UsageError`."""
    name = name_of(options)
    if options["src"] is not None:
        picture = picture_in(options["src"], options["max_size"])
    else:
        picture = picture_of(_decoded(options["content"]), options["max_size"])
    found = picture.kind.content_type
    filename = options["filename"] or os.path.basename(options["src"] or "")
    if found and not os.path.splitext(filename)[1]:
        filename = f"{filename or name or 'image'}.{EXTENSIONS[found]}"
    content_type = options["content_type"] or found or "application/octet-stream"
    if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type, flags=re.ASCII):
        raise UsageError(f"content_type {content_type!r} is no media type, like image/png.")
    return Wanted(name, options["description"], picture, filename or name, content_type)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise UsageError(f"content is no Base64: {error}.") from None


class Attachments:
    """The image attachments of the object of ``object_type`` with ``object_id``."""

    def __init__(
        self, client: Client, object_type: str, object_id: int, sleep: t.Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._object = {"object_type": object_type, "object_id": object_id}
        self._sleep = sleep

    def present(self, wanted: Wanted, *, compare: str, check: bool, digests: int) -> Outcome:
        """See to it that there is one attachment of this name, with this picture.

        ``compare``: ``content``, or ``size`` where NetBox's copy cannot be had; ``check``: only say what would be done;
        ``digests``: read NetBox's copy of up to so many bytes also where its size tells already that it is another.
        """
        rows = self._settled(wanted.name)
        if not rows:
            if check:
                self._verify()
            return self._put("added", wanted, None, {}, compare, check)
        row = rows[0]
        there = row.get("description") or ""
        if wanted.description is None:
            wanted = dataclasses.replace(wanted, description=there)
        try:
            same, copy = self._compare(row, wanted.picture, compare)
        except NotFound:
            if row in self._named(wanted.name):
                raise
            # Another task has just replaced it.
            return self.present(wanted, compare=compare, check=check, digests=digests)
        if digests and copy is None:
            copy = self._copy_if_possible(row, digests)
        before = _facts_of(row, copy)
        if not same:
            return self._put("replaced", wanted, row, before, compare, check)
        after = {**before, "description": wanted.description}
        if wanted.description == there:
            return Outcome("left", row, before, after)
        return Outcome("updated", row if check else self._describe(row, wanted.description or ""), before, after)

    def absent(self, name: str, *, check: bool) -> Outcome:
        """See to it that there is no attachment of this name."""
        rows = self._named(name)
        if not rows:
            return Outcome("left", None, {}, {})
        if not check:
            for row in rows:
                self._remove(row)
        before = [_facts_of(row, None) for row in rows]
        return Outcome("removed", None, before[0] if len(rows) == 1 else before, {})

    def _named(self, name: str) -> list[Row]:
        """The attachments of this name. All names are read: filters by name trim it, and ignore an empty one."""
        filters = [(key, str(value)) for key, value in self._object.items()]
        with Pager(self._client, max_workers=1) as pager:
            rows = list(pager.rows(ENDPOINT, filters))
        # What is to be removed should not hang on a filter alone.
        return [row for row in rows if row.get("name", "") == name and self._object.items() <= row.items()]

    def _settled(self, name: str) -> list[Row]:
        """The attachment of this name, if there is one. Raises :class:`NotOne` for several that stay."""
        for pause in (*_PATIENCE, None):
            rows = self._named(name)
            if len(rows) < 2:
                break
            if pause is None:
                error = NotOne(f"There are {len(rows)} image attachments of the name {name!r}: {_listed(rows)}.")
                error.advice = "Remove those that are not wanted; state=absent removes them all."
                raise error
            self._sleep(pause)
        return rows

    def _compare(self, row: Row, picture: Picture, compare: str) -> tuple[bool, Fingerprint | None]:
        """Does ``row`` hold ``picture``? And the fingerprint of NetBox's copy, where all of it had to be read."""
        if row.get("image_size") not in (None, picture.size):
            return False, None
        dimensions = (picture.kind.width, picture.kind.height)
        if None not in dimensions and (row.get("image_width"), row.get("image_height")) != dimensions:
            return False, None
        if compare == "size":
            return True, None
        try:
            copy = self._copy(row, picture.size)
        except NetBoxError as error:
            error.message += " NetBox's copy of the picture is needed for the comparison."
            error.advice = (
                "Where NetBox's copies are out of reach, compare=size compares sizes and dimensions only. The user of "
                "the token needs the permission to view image attachments; a NetBox with LOGIN_REQUIRED=false does not "
                "look at tokens there."
            )
            raise
        return copy == picture.fingerprint, copy

    def _copy(self, row: Row, most: int) -> Fingerprint | None:
        """Fingerprint of NetBox's copy; ``None`` where it has more than ``most`` bytes."""
        copy = self._client.download(str(row.get("image")), most, fingerprint_of)
        return copy if copy.size <= most else None

    def _copy_if_possible(self, row: Row, most: int) -> Fingerprint | None:
        try:
            return self._copy(row, most)
        except NetBoxError as error:
            self._client.log(1, str(error))
            return None

    def _put(self, action: str, wanted: Wanted, old: Row | None, before: t.Any, compare: str, check: bool) -> Outcome:
        """Add ``wanted``, then take away what it replaces: changed in place, NetBox would keep the old file.

        NetBox lets several tasks add the same at once. Of these the one with the highest id stays: a task that sees a
        higher one takes back its own, one that sees lower ones takes them away. So one stays always, and in the end
        only one, as of two tasks at least the one whose attachment becomes visible later sees both.
        """
        after = _facts(wanted)
        if check:
            return Outcome(action, old, before, after)
        fields = {key: str(value) for key, value in self._object.items()}
        fields.update(name=wanted.name, description=wanted.description or "")
        picture = wanted.picture
        form = Multipart(fields, "image", wanted.filename, wanted.content_type, picture.size, picture.pieces)
        try:
            mine = self._write("POST", f"api/{ENDPOINT}/", form)
        except NetBoxError as error:
            arrived = self._arrived(error, wanted, old, compare)
            if arrived is None:
                error.advice = self._advice(error, wanted, old)
                raise
            mine = arrived
        try:
            others = [row for row in self._named(wanted.name) if row["id"] != mine["id"]]
        except NetBoxError as error:
            rows = [mine, old] if old else [mine]
            error.message += f" The picture is attached; of its name there are now: {_listed(rows)}."
            raise
        last = max([mine, *others], key=lambda row: int(row["id"]))
        for row in [mine] if last is not mine else others:
            self._remove(row)
        if last is mine:
            return Outcome(action, mine, before, after)
        if not self._compare(last, picture, compare)[0]:
            raise NotOne(f"Another task attached another picture of the same name meanwhile: {_listed([last])}.")
        return Outcome("left", last, before, after)

    def _arrived(self, error: NetBoxError, wanted: Wanted, old: Row | None, compare: str) -> Row | None:
        """The attachment that NetBox made of a picture although ``error`` came for an answer; ``None`` if it has none.

        The picture is not sent again: the first one may still be on its way, and become an attachment as well.
        """
        if not isinstance(error, _UNSURE):
            return None
        late = isinstance(error, TimedOut) or error.status == 504
        try:
            for pause in (0, *(_PATIENCE if late else ())):
                self._sleep(pause)
                new = [row for row in self._named(wanted.name) if old is None or row["id"] != old["id"]]
                for row in sorted(new, key=lambda row: int(row["id"]), reverse=True):
                    if self._compare(row, wanted.picture, compare)[0]:
                        self._client.log(1, f"{error} The picture arrived all the same: {_listed([row])}.")
                        return row
        except NetBoxError as other:
            self._client.log(1, str(other))
        return None

    def _describe(self, row: Row, description: str) -> Row:
        # Without the object NetBox fails.
        changed = {**self._object, "description": description}
        return self._write("PATCH", f"api/{ENDPOINT}/{row['id']}/", changed)

    def _write(self, method: str, path: str, content: Mapping[str, t.Any] | Multipart) -> Row:
        """The attachment as NetBox has it after that."""
        row = self._client.write(method, path, content)
        if not isinstance(row, dict) or not isinstance(row.get("id"), int):
            raise UnexpectedAnswer(f"{method} {path}: the answer is no image attachment.")
        return row

    def _remove(self, row: Row) -> None:
        path = f"api/{ENDPOINT}/{row['id']}/"
        try:
            if self._client.write("DELETE", path) is not None:
                raise UnexpectedAnswer(f"DELETE {path}: the answer to it has no content.")
        except NetBoxError as error:
            # Where it is gone, another task was quicker, or an answer was lost. NetBox also says so where the token's
            # user may not delete it.
            gone = isinstance(error, NotFound) and error.is_missing_object
            if gone and all(row["id"] != other["id"] for other in self._named(row.get("name", ""))):
                return
            may_be = "may be" if isinstance(error, _UNSURE) else "is"
            error.message += f" The image attachment {_listed([row])} {may_be} still there."
            if isinstance(error, (AccessDenied, NotFound)):
                error.advice = "The user of the token needs the permission to delete image attachments."
            raise

    def _verify(self) -> None:
        """Raise what NetBox would say to an attachment of this object, as far as it can be known beforehand."""
        object_type, number = self._object["object_type"], self._object["object_id"]
        types = _types_with_images(self._client)
        if object_type not in types:
            raise UsageError(f"object_type {object_type!r} is none that NetBox attaches images to: {_words(types)}.")
        self._client.get(f"api/{types[str(object_type)]}/{number}/", [("fields", "id")])

    def _advice(self, error: NetBoxError, wanted: Wanted, old: Row | None) -> str:
        """What to do about a picture that NetBox did not take."""
        if isinstance(error, BadRequest):
            words = " ".join(text for texts in error.fields.values() for text in texts)
            if "cannot be assigned" in words:
                return f"NetBox attaches images to these object types: {_words(self._types())}."
            if "Invalid parent object" in words:
                return f"Look at object_id: there is no {self._object['object_type']} with this id."
            return " ".join(words for field, words in _FIELD_ADVICE.items() if field in error.fields)
        if isinstance(error, ErrorStatus) and error.status == 413:
            return (
                f"The picture has {wanted.picture.size} bytes: make it smaller, or allow more in the web server before "
                "NetBox (nginx: client_max_body_size)."
            )
        if isinstance(error, ErrorStatus) and error.status == 415:
            return "NetBox did not get the form that was sent: look at what stands between here and NetBox."
        if isinstance(error, AccessDenied) and "permission" in error.detail:
            return (
                "The user of the token needs the permission to add image attachments, and the token must be one that "
                "may write."
            )
        if isinstance(error, _UNSURE):
            words = f"{advice(error)} The picture may have arrived all the same: run it again, which finds out."
            return f"{words} Where it did, remove the one before, {_listed([old])}." if old else words
        return error.advice

    def _types(self) -> dict[str, str]:
        try:
            return _types_with_images(self._client)
        except NetBoxError as error:
            self._client.log(1, str(error))
            return {}


def _words(types: t.Iterable[str]) -> str:
    return ", ".join(sorted(types)) or "it does not say which"


def _facts(wanted: Wanted) -> dict[str, t.Any]:
    kind, mark = wanted.picture.kind, wanted.picture.fingerprint
    return {
        "name": wanted.name,
        "description": wanted.description or "",
        "size": mark.size,
        "width": kind.width,
        "height": kind.height,
        "sha256": mark.sha256,
    }


def _facts_of(row: Row, copy: Fingerprint | None) -> dict[str, t.Any]:
    """The same of an attachment in NetBox. The size is not told by NetBox before 4.6.4, the digest never."""
    return {
        "name": row.get("name"),
        "description": row.get("description"),
        "size": copy.size if copy else row.get("image_size"),
        "width": row.get("image_width"),
        "height": row.get("image_height"),
        "sha256": copy.sha256 if copy else None,
    }


def _listed(rows: t.Iterable[Row]) -> str:
    return ", ".join(f"id {row['id']} ({urlsplit(str(row.get('image'))).path})" for row in rows)
