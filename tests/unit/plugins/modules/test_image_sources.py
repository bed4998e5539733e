# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_image_attachment reads images only from regular files, and NetBox's copies only from NetBox or its storage
hosts."""

from __future__ import annotations

import io
import os
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    GREEN,
    LEAF1,
    LEAF2,
    RED,
    Run,
    image,
    serve_file,
)


def test_source_that_is_not_a_regular_file_is_an_error(netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "directory.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "pipe.png")
    for path in (*tmp_path.iterdir(), Path("/dev/zero"), Path("/dev/null"), Path("/dev/stdin")):
        msg = run_module(nb_image_attachment, **LEAF2, src=str(path))["msg"]
        assert msg == f"Cannot read src '{path}': it is not a regular file."
    assert netbox.requests == []


def test_source_that_cannot_be_read_is_an_error(
    netbox: NetBox, run_module: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading can fail after opening: /proc/self/mem is a regular file whose first byte cannot be read."""
    msg = run_module(nb_image_attachment, **LEAF2, src="/proc/self/mem")["msg"]
    assert msg == "Cannot read src '/proc/self/mem': Input/output error."
    assert netbox.requests == []


def test_source_that_fails_during_the_upload_is_an_error(
    netbox: NetBox, run_module: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(image())
    opened: list[int] = []
    open_descriptor = os.fdopen

    class Failing(io.BytesIO):
        def read(self, *arguments: t.Any) -> bytes:
            raise OSError(5, "Input/output error")

    def fdopen(number: int, *arguments: t.Any) -> t.Any:
        opened.append(number)
        return open_descriptor(number, *arguments) if len(opened) == 1 else Failing()

    monkeypatch.setattr(os, "fdopen", fdopen)
    msg = run_module(nb_image_attachment, **LEAF2, src=str(path))["msg"]
    assert f"Cannot read src '{path}': Input/output error." in msg
    assert len(opened) > 1


def set_url(netbox: NetBox, url: str) -> None:
    netbox.table("extras/image-attachments")[1]["image"] = url


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/x.png",
    "http://localhost:{port}/x.png",
    "http://127.0.0.1:{port}/x.png",
    "http://127.0.0.2:{port}/x.png",
    "http://[::ffff:127.0.0.1]:{port}/x.png",
    "http://2130706433:{port}/x.png",
    "http://0.0.0.0:{port}/x.png",
    "http://user@127.0.0.1:{port}/x.png",
    "http://images.example.com\\@127.0.0.1:{port}/x.png",
    "{here}/api/users/tokens/",
    "{here}/media/../api/users/tokens/",
    "{here}/media/%2e%2e/api/users/tokens/",
    "file:///etc/passwd",
    "/etc/passwd",
    "",
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("url", ELSEWHERE)
def test_image_url_that_leads_elsewhere_is_refused(
    url: str, check: bool, netbox: NetBox, run_module: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If NetBox returns a wrong image URL, the module must not request this URL."""
    with serve(version="4.6") as other:
        set_url(netbox, url.format(port=other.url.rpartition(":")[2], here=netbox.url))
        returned = run_module(nb_image_attachment, check=check, **LEAF1, content=RED)
        assert other.requests == []
    assert "storage_hosts" in returned["msg"]
    assert {request.path.split("/")[1] for request in netbox.requests} == {"api"}
    assert not any("/users/" in request.path for request in netbox.requests)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_diff_of_an_image_elsewhere_is_a_warning(
    url: str, netbox: NetBox, run_module: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: warnings.append(text))
    with serve(version="4.6") as other:
        set_url(netbox, url.format(port=other.url.rpartition(":")[2], here=netbox.url))
        returned = run_module(nb_image_attachment, check=True, diff=True, **LEAF1, content=GREEN)
        assert other.requests == []
    assert returned["diff"]["before"]["sha256"] is None
    assert len(warnings) == 1 and "Cannot read NetBox's copy" in warnings[0]


def test_image_on_a_storage_host_is_read_without_credentials(netbox: NetBox, run_module: Run) -> None:
    with serve_file(image()) as (url, headers):
        host = url.partition("//")[2]
        set_url(netbox, f"{url}/bucket/x.png?signature=1")
        other_hosts = ["images.example.com", "127.0.0.1", host[:-1]]
        refused = run_module(nb_image_attachment, **LEAF1, content=RED, storage_hosts=other_hosts)
        assert "storage_hosts" in refused["msg"] and host in refused["msg"]
        assert headers == []
        returned = run_module(nb_image_attachment, **LEAF1, content=RED, storage_hosts=[host.upper()])
        assert returned["action"] == "left"
        assert len(headers) == 1 and "authorization" not in headers[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "169.254.169.254"])
def test_local_storage_host_is_refused_although_it_is_listed(host: str, netbox: NetBox, run_module: Run) -> None:
    with serve(version="4.6") as other:
        where = f"{host}:{other.url.rpartition(':')[2]}"
        set_url(netbox, f"http://{where}/x.png")
        returned = run_module(nb_image_attachment, **LEAF1, content=RED, storage_hosts=[where])
        assert "loopback or link-local" in returned["msg"]
        assert other.requests == []


@pytest.mark.parametrize("host", ["https://images.example.com", "a b", "host:port", "", "user@host", "*.example.com"])
def test_invalid_storage_host_is_an_error(host: str, netbox: NetBox, run_module: Run) -> None:
    assert "storage_hosts" in run_module(nb_image_attachment, **LEAF1, content=RED, storage_hosts=[host])["msg"]
    assert netbox.requests == []


@pytest.mark.parametrize("url", ["https://internal.example.com", "http://169.254.169.254", "http://127.0.0.1:9"])
def test_netbox_that_does_not_know_its_address_is_asked_at_the_configured_one(
    url: str, netbox: NetBox, run_module: Run
) -> None:
    set_url(netbox, f"{url}/media/image-attachments/device_1_front.png")
    assert run_module(nb_image_attachment, **LEAF1, content=RED)["action"] == "left"
