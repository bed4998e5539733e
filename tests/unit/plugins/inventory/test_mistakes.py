# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Common mistakes of new users. For each mistake, one paragraph explains what to do."""

from __future__ import annotations

import ast
import datetime
import ipaddress
import json
import os
import re
import subprocess
import sys
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, _server, serve

HERE = Path(__file__).resolve().parents[4]
GUIDE = (HERE / "docs/docsite/rst/troubleshooting_guide.rst").read_text(encoding="utf-8")
BLOCK = re.compile(r"^\.\. code-block:: text\n\n((?:    .*\n|\n)+)", flags=re.MULTILINE)
# Messages in the guide that come from Ansible or a library.
OTHERS = (
    "could not be verified by inventory plugin",
    "Plugin configuration YAML file, not YAML inventory",
    "specifies unknown plugin",
    "The lookup plugin 'netbox.cursor.nb_query' was not found.",
    "couldn't resolve module/action",
    "Cannot connect: Failed to resolve",
)


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


@pytest.fixture(params=["inventory", "lookup"])
def told(request: pytest.FixtureRequest, read: t.Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``told(netbox, **options)`` returns the error that the user sees."""
    for name in [name for name in os.environ if name.startswith("NETBOX_")]:
        monkeypatch.delenv(name)

    def told(netbox: NetBox, **options: t.Any) -> str:
        with pytest.raises(AnsibleError) as caught:
            if request.param == "inventory":
                read(netbox, **{"token": None, **options})
            else:
                loader = DataLoader()
                lookup = lookup_loader.get(
                    "netbox.cursor.nb_query", loader=loader, templar=Templar(loader=loader, variables={})
                )
                lookup.run(["dcim/sites"], variables={}, **{"api_endpoint": netbox.url, "retries": 0, **options})
        text = str(caught.value)
        assert "\n" not in text and "Traceback" not in text and "object at 0x" not in text
        return text

    return told


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:9", "Connection refused. Check api_endpoint"),
        ("http://netbox.invalid", "Check api_endpoint"),
        (
            "netbox.example.com",
            "Invalid api_endpoint 'netbox.example.com'. Use a URL such as https://netbox.example.com.",
        ),
        ("{url}/login/", "Check that api_endpoint is the URL of NetBox's home page"),
        ("{url}/netbox", "with the base path but nothing after it"),
        ("{url}/api/dcim/devices/", "but nothing after it"),
        ("https{tail}", "Check the scheme and the port in api_endpoint"),
    ],
)
def test_a_wrong_address(netbox: NetBox, told: t.Any, address: str, says: str) -> None:
    address = address.format(url=netbox.url, tail=netbox.url.removeprefix("http"))
    assert says in told(netbox, api_endpoint=address, token=netbox.tokens["v2"])


def test_an_address_for_https_without_its_s(told: t.Any) -> None:
    with serve(version="4.6", tls=True) as netbox:
        text = told(netbox, api_endpoint=netbox.url.replace("https", "http"), token=netbox.tokens["v2"])
        assert "Check the scheme in api_endpoint" in text


@pytest.mark.parametrize("tail", ["/api", "/api/"])
def test_an_address_with_api_is_understood(netbox: NetBox, read: t.Any, tail: str) -> None:
    assert read(netbox, api_endpoint=netbox.url + tail, token=netbox.tokens["v2"]).hosts


def test_no_address(netbox: NetBox, told: t.Any) -> None:
    text = told(netbox, api_endpoint=None)
    assert (
        "api_endpoint is not set. Set this option, the variable netbox_api, or the environment variable NETBOX_API"
        in text
    )


def test_no_token(netbox: NetBox, told: t.Any) -> None:
    assert "Set token, or NETBOX_TOKEN in the environment." in told(netbox)


def test_a_token_that_netbox_does_not_see(netbox: NetBox, told: t.Any) -> None:
    """NetBox before 4.5 ignores the type Bearer. This test uses a type that no NetBox supports."""
    token = {"type": "Basic", "value": netbox.tokens["v1"]}
    text = told(netbox, token=token)
    assert "The request contained a token, but NetBox did not see it" in text and "Set token" not in text


@pytest.mark.parametrize("cut", ["without nbt_", "without its secret", "without its key"])
def test_a_token_that_is_not_whole(netbox: NetBox, told: t.Any, cut: str) -> None:
    key, secret = netbox.tokens["v2"].split(".")
    token = {"without nbt_": f"{key[4:]}.{secret}", "without its secret": key, "without its key": secret}[cut]
    text = told(netbox, token=token)
    assert "Check that token is complete." in text and "nbt_KEY.SECRET" in text
    assert secret not in text and key[4:] not in text


def test_a_typo_in_an_option(netbox: NetBox, told: t.Any) -> None:
    assert "There is no option 'time_out'. Did you mean timeout?" in told(netbox, time_out=1)


def self_signed(netbox: NetBox, folder: Path) -> str:
    """Create a self-signed certificate, as appliances do."""
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime.timedelta(days=1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "netbox")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.datetime.now(datetime.timezone.utc) - day)
        .not_valid_after(datetime.datetime.now(datetime.timezone.utc) + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_server.HOST))]), False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    netbox.ca_path = str(folder / "certificate.pem")
    Path(netbox.ca_path).write_bytes(certificate)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(key.private_bytes(*form) + certificate)
    return str(folder / "server.pem")


def test_a_certificate_that_vouches_for_itself(told: t.Any, read: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_server, "certificate", self_signed)
    with serve(version="4.6", tls=True) as netbox:
        text = told(netbox, token=netbox.tokens["v2"])
        assert (
            "If NetBox's certificate is self-signed, save that certificate instead." in text
            and "set ca_path to the file" in text
        )
        assert not netbox.requests
        # The advice solves the problem.
        assert read(netbox, token=netbox.tokens["v2"], ca_path=netbox.ca_path).hosts


def test_paths_that_are_left_empty_are_none(read: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWX sets the variables of a credential even if its fields are empty."""
    for name in ("NETBOX_CA_PATH", "NETBOX_CLIENT_CERT", "NETBOX_CLIENT_KEY"):
        monkeypatch.setenv(name, "")
    with serve(version="4.6", tls=True) as netbox:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netbox.ca_path))
        assert read(netbox).hosts


def test_a_certificate_for_another_name(told: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_server, "HOST_NAMES", ("netbox.example.com",))
    with serve(version="4.6", tls=True) as netbox:
        text = told(netbox, token=netbox.tokens["v2"], ca_path=netbox.ca_path)
        assert "Set api_endpoint to a URL with a host name from the certificate." in text


def test_a_netbox_that_is_too_old(netbox: NetBox, read: t.Any, capsys: pytest.CaptureFixture[str]) -> None:
    netbox.settings.told_version = "3.5"
    read(netbox)
    said = capsys.readouterr()
    text = " ".join(said.err.split())
    assert f"NetBox at {netbox.url}/ has version 3.5. This collection supports NetBox 4.5 and newer" in text
    assert text.count("supports NetBox 4.5") == 1 and not said.out


def run(netbox: NetBox, file: Path, **environment: str) -> str:
    """Return the output of a run that reads the inventory ``file``."""
    file.write_text("plugin: netbox.cursor.nb_inventory\n", encoding="utf-8")
    known = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "NETBOX_"))}
    own = {
        "ANSIBLE_HOME": str(file.parent / "home"),
        "COLUMNS": "1000",
        "NETBOX_API": netbox.url,
        "NETBOX_TOKEN": netbox.tokens["v2"],
        **environment,
    }
    ended = subprocess.run(
        _programs.command("inventory", "-i", str(file), "--list"),
        env=_programs.environment(known, **own),
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    assert not json.loads(ended.stdout)["_meta"]["hostvars"]
    return " ".join(ended.stderr.split())


def test_a_wrong_file_name(netbox: NetBox, tmp_path: Path) -> None:
    text = run(netbox, tmp_path / "inventory.yml")
    assert "inventory.yml contains plugin: netbox.cursor.nb_inventory, but its name must end in" in text
    assert not netbox.requests
    # If the plugin is enabled by name, Ansible tries it for each source.
    text = run(netbox, tmp_path / "inventory.yml", ANSIBLE_INVENTORY_ENABLED="netbox.cursor.nb_inventory")
    assert text.count("but its name must end in") == 1


def test_a_plugin_that_is_not_enabled(netbox: NetBox, tmp_path: Path) -> None:
    """The collection's code does not run in this case. The troubleshooting guide quotes Ansible's message and explains
    what to do."""
    text = run(netbox, tmp_path / "netbox.yml", ANSIBLE_INVENTORY_ENABLED="host_list,yaml")
    assert OTHERS[1] in text and OTHERS[1] in GUIDE


def test_missing_requests(netbox: NetBox, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "requests.py").write_text("raise ImportError\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "without"), _programs.COLLECTIONS, *sys.path])
    text = run(netbox, tmp_path / "netbox.yml", PYTHONPATH=path)
    assert f"requests is not installed. Run this command to install it: {sys.executable} -m pip" in text


def texts_of_code() -> str:
    """Return all strings in the plugins and in the mock NetBox. F-strings are split into their constant parts."""
    files = [*(HERE / "plugins").rglob("*.py"), *(HERE / "tests/stand_in").glob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return "\n".join(" ".join(node.value.split()) for node in nodes if isinstance(node.value, str))


def test_the_messages_of_the_guide_are_those_of_the_code() -> None:
    """For each line with at least four words, the code contains four consecutive words of the line."""
    said = texts_of_code()
    lines = [line.strip() for block in BLOCK.findall(GUIDE) for line in block.splitlines() if line.strip()]
    assert len(lines) > 25
    for line in lines:
        words = line.split()
        fours = [" ".join(words[place : place + 4]) for place in range(len(words) - 3)]
        known = any(four in said for four in fours) or any(text in line for text in OTHERS)
        assert known or len(words) < 4 or line.startswith("HTTP 5"), line
