# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules report errors in one paragraph that explains what to do, and mention only options that they support."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import types
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.module_utils._http import client, deadlines, errors
from ansible_collections.netbox.cursor.plugins.module_utils._media import arguments, old_python
from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment, nb_rack_elevation_info
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import LEAF1, RED

Run = t.Callable[..., "dict[str, t.Any]"]
ROOT = Path(__file__).resolve().parents[4]
MODULES = sorted((ROOT / "plugins" / "modules").glob("nb_*.py"))
VARIABLES = ("NETBOX_API", "NETBOX_URL", "NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY")


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the warnings of the module. How Ansible returns them depends on its version."""
    texts: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: texts.append(text))
    return texts


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"api_endpoint": None}, "missing required arguments: api_endpoint"),
        ({"api_endpoint": "http://127.0.0.1:9"}, "Check api_endpoint"),
        ({"api_endpoint": "netbox.example.com"}, "https://netbox.example.com"),
        ({"token": None}, "Set token, or NETBOX_TOKEN in the environment."),
        ({"token": "0123456789ab.0123456789012345678901234567890123456789"}, "Check that token is complete"),
        ({"token": ["a"]}, "token must be a string, or a dictionary with the keys type and value."),
        ({"tokn": "x"}, "module: tokn. Supported parameters include: api_endpoint"),
    ],
)
def test_beginners_mistake_is_explained(
    run_module: Run, monkeypatch: pytest.MonkeyPatch, options: dict[str, t.Any], says: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    text = run_module(nb_rack_elevation_info, rack_id=1, **options)["msg"]
    assert says in text
    assert "\n" not in text


def test_untrusted_certificate_names_ca_path(run_module: Run) -> None:
    with serve(version="4.6", tls=True) as other:
        text = run_module(nb_rack_elevation_info, rack_id=1, api_endpoint=other.url)["msg"]
    assert "ca_path" in text


def test_unchecked_certificate_is_a_warning(run_module: Run, warnings: list[str]) -> None:
    with serve(version="4.6", tls=True) as other:
        options = {"api_endpoint": other.url, "token": other.tokens["v1"], "rack_id": 1}
        assert run_module(nb_rack_elevation_info, **options, ca_path=other.ca_path)["units"]
        assert warnings == []
        assert run_module(nb_rack_elevation_info, **options, validate_certs=False)["units"]
    assert len(warnings) == 1 and "validate_certs" in warnings[0]


def test_old_netbox_is_a_warning(netbox: NetBox, run_module: Run, warnings: list[str]) -> None:
    netbox.settings.told_version = "3.5"
    run_module(nb_rack_elevation_info, rack_id=1)
    assert len(warnings) == 1 and "3.5" in warnings[0]


def test_missing_requests_names_the_command(run_module: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "REQUESTS_IMPORT_ERROR", "ImportError")
    assert "-m pip install requests" in run_module(nb_rack_elevation_info, rack_id=1)["msg"]


def test_empty_variable_does_not_hide_the_next_one(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, run_module: Run
) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("NETBOX_API_TOKEN", netbox.tokens["v2"])
    monkeypatch.setenv("NETBOX_URL", netbox.url)
    here = {"api_endpoint": None, "token": None}
    assert run_module(nb_rack_elevation_info, rack_id=1, **here)["units"]


def every_error() -> list[type[errors.NetBoxError]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind for kind in kinds if issubclass(kind, errors.NetBoxError)]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("module", [nb_image_attachment, nb_rack_elevation_info], ids=["image", "elevation"])
def test_advice_names_only_options_of_the_module(
    module: types.ModuleType, kind: type[errors.NetBoxError], run_module: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: t.Any, *arguments: t.Any, **options: t.Any) -> t.Any:
        raise kind("Failed.")

    for name in ("get", "text", "write"):
        monkeypatch.setattr(client.Client, name, fail)
    monkeypatch.setattr(client.Client, "pause", lambda self, error: None)
    options = {**LEAF1, "content": RED} if module is nb_image_attachment else {"rack_id": 1}
    text = run_module(module, **options)["msg"]
    assert text.startswith("Failed.")
    foreign = ("page_size", "max_workers", "ordering", "nb_query", "transport", "strict_filters", "fields")
    assert not [word for word in foreign if re.search(rf"\b{word}\b", text)], text


@pytest.mark.parametrize("status", [429, 500, 503])
def test_advice_for_a_busy_netbox_names_no_foreign_option(status: int, netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", status))
    text = run_module(nb_rack_elevation_info, rack_id=1, render="svg")["msg"]
    assert "page_size" not in text and "max_workers" not in text


def test_every_module_imports_the_check_of_python_first() -> None:
    assert len(MODULES) >= 3
    for path in MODULES:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        statements = [node for node in body if not isinstance(node, ast.Assign)]
        first, second = (ast.unparse(node) for node in statements[:2])
        assert first.endswith("._media.old_python import fail_on_old_python"), path
        assert second == "fail_on_old_python()", path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_old_python_is_a_clear_failure(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(old_python, "OLDEST_PYTHON", (99, 1))
    with pytest.raises(SystemExit) as ended:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {"__name__": "__main__"})
    returned = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1 and returned["failed"] is True
    assert "need Python 99.1 or newer" in returned["msg"] and sys.executable in returned["msg"]


@pytest.mark.parametrize("minor", [6, 7, 8])
def test_check_of_python_runs_on_old_python(minor: int) -> None:
    source = Path(old_python.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, minor))
    assert "__future__" not in source
    program = shutil.which(f"python3.{minor}")
    if program and not subprocess.run([program, "--version"], capture_output=True, check=False).returncode:
        script = f"{source}\n\nfail_on_old_python()\n"
        ended = subprocess.run([program, "-c", script], capture_output=True, encoding="utf-8", check=False)
        assert json.loads(ended.stdout)["msg"].startswith("Modules of netbox.cursor need Python 3.9 or newer")
    for path in MODULES:
        assert "__future__" not in path.read_text(encoding="utf-8"), path


def test_documentation_and_arguments_have_the_same_fallbacks() -> None:
    documented = (ROOT / "plugins" / "doc_fragments" / "_connection.py").read_text(encoding="utf-8")
    for argument in arguments.connection_arguments().values():
        for variable in argument["fallback"][1]:
            assert f"E({variable})" in documented, variable
