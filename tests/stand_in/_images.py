# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image attachments: accept, store, and return images as media files."""

from __future__ import annotations

import datetime
import io
import re
import secrets
import typing as t
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

import orjson
from PIL import Image, UnidentifiedImageError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import json_answer, server_error
from ._endpoints import endpoint_of
from ._recorded import recording
from ._state import NetBox
from ._tables import HERE, Row, Table
from ._tokens import Denied, allowed_methods

ENDPOINT = "extras/image-attachments"
MEDIA = "/media/"
FOLDER = "image-attachments"
REQUIRED = "This field is required."
NO_PICTURE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."
LONGEST = {"name": 50, "description": 200}
LONGEST_FILENAME = 100
MOST_PIXELS_PER_SIDE = 32767
# NetBox removes all other extensions from the names of stored files.
KEPT_EXTENSIONS = ("avif", "bmp", "gif", "jpeg", "jpg", "png", "webp")

Complaints = dict[str, "list[str]"]


class Images:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox
        for row in netbox.estate.get(ENDPOINT).values():
            picture = io.BytesIO()
            Image.new("RGB", (row["image_width"], row["image_height"]), "red").save(picture, "PNG")
            netbox.media[row["image"].removeprefix(HERE)] = picture.getvalue()

    def routes(self) -> list[Route]:
        return [Route(f"{MEDIA}{{path:path}}", self.media)]

    async def media(self, request: Request) -> Response:
        """Return a file. If the request has no token, redirect it to the login page instead of returning an error."""
        path = request.url.path
        authorization = request.headers.get("authorization")
        if not self._netbox.settings.login_required:
            # NetBox ignores tokens here, and an anonymous user has no permission to view attachments.
            return Response("", 404, media_type="text/html")
        if authorization is None:
            location = f"/login/?next={path}"
            return Response(b"", 302, {"Location": location}, media_type="text/html")
        try:
            self._netbox.credentials.rights(authorization).check("GET", ENDPOINT)
        except Denied as error:
            known = "permission" not in str(error)
            return Response("Invalid token" if known else "", 403 if known else 404, media_type="text/html")
        table = self._netbox.estate.get(ENDPOINT)
        orphaned = not any(urlsplit(row["image"]).path == path for row in table.values())
        if path not in self._netbox.media or (orphaned and self._netbox.settings.version != "4.5"):
            return Response("", 404, media_type="text/html")
        name = PurePosixPath(path).name
        # Like Django, leave ASCII names unchanged, and encode other names according to RFC 5987.
        said = f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name)}"
        headers = {"Content-Disposition": f"inline; {said}"}
        return Response(
            self._netbox.media[path], headers=headers, media_type=f"image/{name.rpartition('.')[2].lower()}"
        )

    def takes(self, endpoint: str) -> bool:
        return endpoint == ENDPOINT

    async def change_all(self, request: Request, table: Table) -> Response:
        allow = allowed_methods(ENDPOINT, single=False)
        return json_answer(request, {"detail": f'Method "{request.method}" not allowed.'}, 405, allow)

    async def create(self, request: Request, table: Table) -> Response:
        allow = allowed_methods(ENDPOINT, single=False)
        refusal, sent = await self._read(request, allow)
        if refusal:
            return refusal
        complaints = self._complaints(sent, whole=True)
        if complaints:
            return json_answer(request, complaints, 400, allow)
        now = self._now()
        row = table.add(
            object_type=sent["object_type"],
            object_id=int(sent["object_id"]),
            parent=self._parent(sent),
            name=sent.get("name", ""),
            description=sent.get("description", ""),
            created=now,
            last_updated=now,
        )
        self._store(row, sent["image"])
        self._netbox.edits.note("create", ENDPOINT, None, row)
        answer = json_answer(request, row, 201, allow)
        answer.headers["Location"] = row["url"].replace(HERE, f"{request.url.scheme}://{request.headers['host']}")
        return self._tagged(answer, row)

    async def change(self, request: Request, table: Table, pk: int) -> Response:
        allow = allowed_methods(ENDPOINT, single=True)
        if request.method == "DELETE":
            self._netbox.media.pop(table[pk]["image"].removeprefix(HERE), None)
            self._netbox.edits.note("delete", ENDPOINT, table[pk], table[pk])
            del table[pk]
            return Response(None, 204, {"Allow": allow})
        refusal, sent = await self._read(request, allow)
        if refusal:
            return refusal
        complaints = self._complaints(sent, whole=False)
        if complaints:
            return json_answer(request, complaints, 400, allow)
        for field in ("object_type", "object_id"):
            if field not in sent:
                return server_error(request, self._netbox.settings.full_version, KeyError(field))
        row = {**table[pk], "last_updated": self._now(), "parent": self._parent(sent)}
        row.update({field: sent[field] for field in ("name", "description", "object_type") if field in sent})
        row["object_id"] = int(sent["object_id"])
        if "image" in sent:
            # Like NetBox, do not delete the old file.
            self._store(row, sent["image"])
        row["display"] = row["name"] or PurePosixPath(row["image"]).name
        self._netbox.edits.note("update", ENDPOINT, table[pk], row)
        table[pk] = row
        return self._tagged(json_answer(request, row, 200, allow), row)

    def actions(self, request: Request) -> dict[str, t.Any]:
        rights = self._netbox.credentials.rights(request.headers.get("authorization"))
        name = "images options" if rights.write else "images options with read-only token"
        exchanges = recording(self._netbox.settings.version, "pictures")
        described: Row = next(each for each in exchanges if each["name"] == name)["response"]["body"]
        return described.get("actions", {})

    async def _read(self, request: Request, allow: str) -> tuple[Response | None, dict[str, t.Any]]:
        kind = request.headers.get("content-type", "").split(";")[0]
        if kind == "application/json":
            said = orjson.loads(await request.body())
            return None, {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
        if kind != "multipart/form-data":
            refused = {"detail": f'Unsupported media type "{kind}" in request.'}
            return json_answer(request, refused, 415, allow), {}
        async with request.form() as form:
            sent: dict[str, t.Any] = {}
            for name, value in form.items():
                sent[name] = value.strip() if isinstance(value, str) else await uploaded(value)
            return None, sent

    def _complaints(self, sent: dict[str, t.Any], whole: bool) -> Complaints:
        complaints: Complaints = {}
        if whole:
            complaints = {name: [REQUIRED] for name in ("object_type", "object_id") if name not in sent}
            if "image" not in sent:
                complaints["image"] = ["No file was submitted."]
        for name, most in LONGEST.items():
            if len(sent.get(name, "")) > most:
                complaints[name] = [f"Ensure this field has no more than {most} characters."]
        if "image" in sent:
            wrong = self._wrong_with(sent["image"])
            if wrong:
                complaints["image"] = [wrong]
            sides = dict(zip(("image_width", "image_height"), getattr(sent["image"], "dimensions", None) or ()))
            for name, pixels in sides.items():
                if pixels > MOST_PIXELS_PER_SIDE:
                    complaints[name] = [f"Ensure this value is less than or equal to {MOST_PIXELS_PER_SIDE}."]
        if "object_type" in sent and "." not in sent["object_type"]:
            complaints["object_type"] = ["Invalid value. Specify a content type as '<app_label>.<model_name>'."]
        elif "object_type" in sent and self._type(sent["object_type"]) is None:
            complaints["object_type"] = [f"Invalid content type: {sent['object_type']}"]
        if not complaints and {"object_type", "object_id"} <= sent.keys():
            complaints = self._wrong_with_object(sent["object_type"], int(sent["object_id"]))
        return complaints

    def _wrong_with(self, file: t.Any) -> str | None:
        if not isinstance(file, File):
            return "The submitted data was not a file. Check the encoding type on the form."
        if not file.content:
            return "The submitted file is empty."
        if file.dimensions is None:
            return NO_PICTURE
        if len(file.name) > LONGEST_FILENAME:
            return f"Ensure this filename has at most {LONGEST_FILENAME} characters (it has {len(file.name)})."
        if file.extension.lower() not in {name[1:] for name in Image.registered_extensions()}:
            return not_allowed(self._netbox.settings.version, file.extension)
        return None

    def _wrong_with_object(self, object_type: str, pk: int) -> Complaints:
        kind: Row = t.cast(Row, self._type(object_type))
        version = self._netbox.settings.version
        table = self._table(kind)
        if table is None or pk not in table:
            shown = f"{kind['app_name']} | {kind['model_name']}" if version == "4.5" else kind["display"]
            key = "__all__" if version == "4.7" else "non_field_errors"
            return {key: [f"Invalid parent object: {shown} ID {pk}"]}
        if "image_attachments" not in kind["features"]:
            shown = f"{kind['app_name']} | {kind['model_name']}"
            return {"__all__": [f"Image attachments cannot be assigned to this object type ({shown})."]}
        return {}

    def _type(self, object_type: str) -> Row | None:
        app, _dot, model = object_type.lower().partition(".")
        types = self._netbox.estate.get("core/object-types").values()
        return next((row for row in types if (row["app_label"], row["model"]) == (app, model)), None)

    def _table(self, kind: Row) -> Table | None:
        endpoint = (kind["rest_api_endpoint"] or "").removeprefix("/api/").strip("/")
        return self._netbox.estate.tables.get(endpoint)

    def _parent(self, sent: dict[str, t.Any]) -> Row:
        table = t.cast(Table, self._table(t.cast(Row, self._type(sent["object_type"]))))
        row = table[int(sent["object_id"])]
        return {field: row[field] for field in endpoint_of(table.endpoint).brief if field in row}

    def _store(self, row: Row, file: File) -> None:
        """Store the file under an unused name, and update its properties in the row."""
        stem = re.sub(r"[^\w.-]", "", (row["name"] or file.stem).replace(" ", "_"))
        name = f"{row['object_type'].split('.')[1]}_{row['object_id']}_{stem}"
        extension = f".{file.extension}" if file.extension.lower() in KEPT_EXTENSIONS else ""
        path = f"{MEDIA}{FOLDER}/{name}{extension}"
        while path in self._netbox.media:
            path = f"{MEDIA}{FOLDER}/{name}_{secrets.token_hex(4)[:7]}{extension}"
        self._netbox.media[path] = file.content
        width, height = file.dimensions or (0, 0)
        row.update(image=HERE + path, image_width=width, image_height=height)
        row["display"] = row["name"] or PurePosixPath(path).name
        if self._netbox.settings.version != "4.5":
            row["image_size"] = len(file.content)

    def _tagged(self, answer: Response, row: Row) -> Response:
        if self._netbox.settings.version != "4.5":
            answer.headers["ETag"] = f'W/"{row["last_updated"].replace("Z", "+00:00")}"'
        return answer

    @staticmethod
    def _now() -> str:
        return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


class File:
    """An uploaded file. If it is not an image, `dimensions` is None."""

    def __init__(self, name: str, content: bytes) -> None:
        path = PurePosixPath(name)
        self.name, self.stem, self.extension = name, path.stem, path.suffix[1:]
        self.content = content
        self.dimensions: tuple[int, int] | None = None
        try:
            with Image.open(io.BytesIO(content)) as picture:
                self.dimensions = picture.size
                picture.verify()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            self.dimensions = None


async def uploaded(file: UploadFile) -> File:
    return File(file.filename or "", await file.read())


def not_allowed(version: str, extension: str) -> str:
    """Return the recorded error for an extension. The allowed extensions depend on the server's image library."""
    exchanges = recording(version, "pictures")
    recorded = next(each for each in exchanges if each["name"] == "image with bad extension")
    words: str = recorded["response"]["body"]["image"][0]
    return re.sub("\u201c.*?\u201d", f"\u201c{extension}\u201d", words)
