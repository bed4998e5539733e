# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lookup reports responses that NetBox never sends in one sentence."""

from __future__ import annotations

import contextlib
import http.server
import threading
import typing as t
from collections.abc import Iterator

import pytest
from ansible.errors import AnsibleLookupError


@contextlib.contextmanager
def answering(body: bytes) -> Iterator[str]:
    """Run a server with one response to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments: t.Any) -> None:
            """Write nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"5", b"true", b"[null]", b'[{"id": 1}]'])
@pytest.mark.parametrize("returns", ["objects", "names", "ids", "pairs"])
def test_nb_query_id_rejects_json_that_is_not_an_object(look_up: t.Any, body: bytes, returns: str) -> None:
    with answering(body) as address, pytest.raises(AnsibleLookupError, match="Expected a JSON object") as caught:
        look_up("dcim/sites", id=5, returns=returns, api_endpoint=address)
    assert str(caught.value).count("/api/dcim/sites/5/") == 1


@pytest.mark.parametrize("body", [b"null", b'"x"', b"5", b"true", b"{}", b'{"results": null}', b'{"count": "x"}'])
@pytest.mark.parametrize("returns", ["objects", "names", "ids", "pairs", "count"])
def test_nb_query_list_rejects_json_that_is_not_a_list(look_up: t.Any, body: bytes, returns: str) -> None:
    with answering(body) as address, pytest.raises(AnsibleLookupError, match="dcim/sites is not a list"):
        look_up("dcim/sites", returns=returns, api_endpoint=address)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b'{"data": []}', b'{"data": {"site_list": {}}}', b"{}"])
def test_nb_graphql_rejects_json_that_is_not_a_result(look_up: t.Any, body: bytes) -> None:
    with answering(body) as address, pytest.raises(AnsibleLookupError, match="has no data|is not a list of objects"):
        look_up("site_list", name="nb_graphql", fields="id", api_endpoint=address)
