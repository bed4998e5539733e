# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images and objects that the tests of nb_image_attachment share."""

from __future__ import annotations

import base64
import contextlib
import http.server
import io
import threading
import typing as t
from collections.abc import Callable, Iterator

from PIL import Image

from ansible_collections.netbox.cursor.tests.stand_in import HERE, NetBox

Run = Callable[..., "dict[str, t.Any]"]

LIST = "/api/extras/image-attachments/"
OF_LEAF1 = f"GET {LIST}?object_type=dcim.device&object_id=1&start=0&limit=300"
OF_LEAF2 = f"GET {LIST}?object_type=dcim.device&object_id=2&start=0&limit=300"
FRONT = "GET /media/image-attachments/device_1_front.png"
OPTIONS = f"OPTIONS {LIST}"
TYPES = "GET /api/core/object-types/?features=image_attachments&fields=app_label%2Cmodel%2Crest_api_endpoint&limit=0"
LEAF1: dict[str, t.Any] = {"object_type": "dcim.device", "object_id": 1, "name": "front"}
LEAF2: dict[str, t.Any] = {"object_type": "dcim.device", "object_id": 2, "name": "new"}


def image(color: str = "red", size: tuple[int, int] = (32, 24), form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, form)
    return stream.getvalue()


def encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


RED, GREEN = encode(image("red")), encode(image("green"))


def list_requests(netbox: NetBox) -> list[str]:
    """Return the requests since the last call. A star replaces the random part of a file name."""
    requests = []
    for request in netbox.requests:
        url = request.url
        if url.startswith("/media/") and len(url.rpartition("_")[2]) == len("1234567.png"):
            url = f"{url.rpartition('_')[0]}_*.png"
        requests.append(f"{request.method} {url}")
    netbox.requests.clear()
    return requests


def named_rows(netbox: NetBox, name: str) -> list[dict[str, t.Any]]:
    return [row for row in netbox.table("extras/image-attachments").values() if row["name"] == name]


def every_file_has_an_attachment(netbox: NetBox) -> bool:
    rows = netbox.table("extras/image-attachments").values()
    return sorted(netbox.media) == sorted(row["image"].replace(HERE, "") for row in rows)


@contextlib.contextmanager
def serve_file(content: bytes) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Answer every GET with ``content``. Yield the URL of the server, and a list of the headers that it receives."""
    received: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            received.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: t.Any) -> None:
            """Write nothing to the output of the tests."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", received
        server.shutdown()
        thread.join()
