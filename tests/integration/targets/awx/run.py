# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the files of the AWX guide with ansible-runner, as AWX does. No output, event, or file contains a token."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import types
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ansible_runner
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import Image

from ansible_collections.netbox.cursor.tests.documents import read_blocks
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

ROOT = Path(sys.argv[1])
# AWX sets these variables for each inventory update.
UPDATE = {
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_INVENTORY_EXPORT": "True",
    "ANSIBLE_VERBOSE_TO_STDERR": "True",
    "INVENTORY_UPDATE_ID": "1",
}
Values = t.Mapping[str, str]

blocks = {block.caption: block.text for block in read_blocks(ROOT / "docs/docsite/rst/awx_guide.rst") if block.caption}
files = {
    block.file: block.text for block in read_blocks(ROOT / "docs/docsite/rst/awx_guide.rst") if block.file is not None
}
inputs, injectors = (yaml.safe_load(blocks[f"{box} configuration"]) for box in ("Input", "Injector"))
file_injectors = yaml.safe_load(blocks["Injector configuration with a file"])
shared_cache = yaml.safe_load(blocks["Source variables"])
# Templates in credential types are not templates of the playbook. A tag in the playbook marks them.
yaml.SafeLoader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(t.cast(yaml.ScalarNode, node)))
setup = [
    (module.removeprefix("awx.awx."), options)
    for task in yaml.safe_load(files["setup.yml"])[0]["tasks"]
    for module, options in task.items()
    if module.startswith("awx.awx.")
]
work = Path(tempfile.mkdtemp())


def injected(injectors: t.Mapping[str, Values], values: Values, private: Path) -> dict[str, str]:
    """Return the environment that AWX creates from a credential's ``values``. Files are created first, because
    variables can contain their names."""
    environment, tower = ImmutableSandboxedEnvironment(), types.SimpleNamespace()
    namespace = {"tower": tower, **{name: value for name, value in values.items() if value}}
    for label, template in injectors.get("file", {}).items():
        number, path = tempfile.mkstemp(dir=private / "env")
        with open(number, "w", encoding="utf-8") as file:
            file.write(environment.from_string(template).render(namespace))
        if "." in label:
            tower.filename = getattr(tower, "filename", types.SimpleNamespace())
            setattr(tower.filename, label.split(".")[1], path)
        else:
            tower.filename = path
    return {name: environment.from_string(template).render(namespace) for name, template in injectors["env"].items()}


def private_folder(name: str, *, project: t.Mapping[str, str] = files) -> Path:
    """Create the files that AWX creates for one run: the project, and the collections that it requires."""
    private = work / name
    for folder in ("env", "inventory", "project/photos"):
        (private / folder).mkdir(parents=True)
    for place, text in project.items():
        path = private / "project" / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for photo in ("building.png", "leaf2__front.png"):
        stream = io.BytesIO()
        Image.new("RGB", (8, 8), "blue").save(stream, "PNG")
        (private / "project/photos" / photo).write_bytes(stream.getvalue())
    (private / "requirements_collections").symlink_to(work / "requirements_collections")
    return private


def environment_of(private: Path, injectors: t.Mapping[str, Values], values: Values, **more: str) -> dict[str, str]:
    collections = f"{private}/requirements_collections:~/.ansible/collections:/usr/share/ansible/collections"
    home = {"HOME": str(private), "ANSIBLE_HOME": str(private / ".ansible"), "XDG_CACHE_HOME": str(private / "cache")}
    return {**home, "ANSIBLE_COLLECTIONS_PATH": collections, **injected(injectors, values, private), **more}


class Run(t.NamedTuple):
    """The result of a run, and the directory with its files."""

    status: str
    said: str
    artifacts: Path


def run(private: Path, ident: str, environment: dict[str, str], secrets: t.Iterable[str], **options: t.Any) -> Run:
    """Run, and search everything that AWX receives and stores for ``secrets``."""
    events: list[dict[str, t.Any]] = []

    def keep(event: dict[str, t.Any]) -> bool:
        events.append(event)
        return True

    ended = ansible_runner.run(
        private_data_dir=str(private),
        ident=ident,
        envvars=environment,
        quiet=True,
        suppress_env_files=True,
        event_handler=keep,
        **options,
    )
    artifacts = private / "artifacts" / ident
    said = "\n".join(event["stdout"] for event in events)
    seen = {"the events": json.dumps(events)}
    for path in private.rglob("*"):
        # ansible-runner writes the environment to "command", and AWX removes it. env/ contains the credential.
        if path.is_file() and path.name != "command" and path.parent != private / "env":
            seen[str(path)] = path.read_text(encoding="utf-8", errors="replace")
    assert str(artifacts / "stdout") in seen
    for place, text in seen.items():
        assert not any(secret in text for secret in secrets), f"a token is in {place}"
    assert "Traceback" not in said, said
    return Run(ended.status, said, artifacts)


def update(
    private: Path, ident: str, file: str, verbosity: int, environment: dict[str, str], secrets: t.Iterable[str]
) -> tuple[dict[str, t.Any], Run]:
    """Update an inventory, and return the inventory and the run."""
    output = private / "artifacts" / ident / "output.json"
    project = private / "project"
    words = ["ansible-inventory", "--list", "--export", "-i", str(project / file), "--output", str(output)]
    words += ["--playbook-dir", str(project), *(["-" + "v" * verbosity] if verbosity else [])]
    (private / "args").write_text(" ".join(words), encoding="utf-8")
    ended = run(private, ident, {**environment, **UPDATE}, secrets)
    (private / "args").unlink()
    return json.loads(output.read_text(encoding="utf-8")) if output.exists() else {}, ended


def secrets_of(netbox: NetBox) -> list[str]:
    """Return the tokens and their parts."""
    return [part for token in netbox.tokens.values() for part in token.removeprefix("nbt_").split(".")]


def install() -> None:
    """Install ``collections/requirements.yml`` as AWX does when it updates the project, with this checkout's
    collection."""
    build = ["ansible-galaxy", "collection", "build", "--output-path", str(work)]
    subprocess.run(build, cwd=ROOT, check=True)
    required = yaml.safe_load(files["collections/requirements.yml"])["collections"]
    assert [entry["name"] for entry in required] == ["netbox.cursor"], required
    (built,) = work.glob("netbox-cursor-*.tar.gz")
    (work / "requirements.yml").write_text(json.dumps({"collections": [{"name": str(built), "type": "file"}]}))
    words = ["--force", "--requirements-file", str(work / "requirements.yml"), "--collections-path"]
    subprocess.run(
        ["ansible-galaxy", "collection", "install", *words, str(work / "requirements_collections")], check=True
    )
    # From here on, use only installed files.
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path and not ROOT.is_relative_to(path))


def check_updates(netbox: NetBox) -> None:
    """Update with all verbosities and with both injectors. Mistakes result in an error message and a failed update."""
    values = {"address": netbox.url, "token": netbox.tokens["v2"], "authority": Path(netbox.ca_path or "").read_text()}
    secrets, devices = secrets_of(netbox), len(netbox.table("dcim/devices"))
    private = private_folder("updates")
    environment = environment_of(private, injectors, values)
    assert set(environment) > {"NETBOX_API", "NETBOX_TOKEN", "NETBOX_CA_PATH"}
    for verbosity in (0, 1, 3, 5):
        found, ended = update(private, f"v{verbosity}", "netbox.yml", verbosity, environment, secrets)
        assert (ended.status, len(found["_meta"]["hostvars"])) == ("successful", devices), ended.said
        assert ("dcim/devices: " in ended.said) == bool(verbosity)
    assert f"from {private}/requirements_collections/" in ended.said, "another collection was run"
    environment = environment_of(private, file_injectors, values, NETBOX_CA_PATH=environment["NETBOX_CA_PATH"])
    assert "NETBOX_TOKEN" not in environment
    found, ended = update(private, "file", "file.netbox.yml", 3, environment, secrets)
    assert len(found["_meta"]["hostvars"]) > devices, ended.said

    # No CA certificate, which this server requires, and an invalid token.
    environment = environment_of(private, injectors, {**values, "authority": ""})
    assert environment["NETBOX_CA_PATH"] == ""
    found, ended = update(private, "untrusted", "netbox.yml", 0, environment, secrets)
    assert ended.status == "failed" and not found and "set ca_path to the file" in " ".join(ended.said.split())
    wrong = f"nbt_0123456789ab.{'0123456789' * 4}"
    environment = environment_of(private, injectors, {**values, "token": wrong})
    found, ended = update(private, "denied", "netbox.yml", 5, environment, [*secrets, wrong, *wrong.split(".")])
    assert ended.status == "failed" and not found and "Check token" in ended.said


def check_guard(netbox: NetBox) -> None:
    """An update that lost hosts fails until the user accepts it, so that AWX with "overwrite" keeps the hosts."""
    values, secrets = {"address": netbox.url, "token": netbox.tokens["v2"]}, secrets_of(netbox)
    source = {"plugin": "netbox.cursor.nb_inventory", "virtual_machines": False, "min_hosts": 1}
    source["max_shrink"] = "{{ lookup('ansible.builtin.env', 'MAX_SHRINK') | default('10', true) }}"
    private = private_folder("guard", project={**files, "guarded.netbox.yml": json.dumps(source)})
    cache = {**shared_cache, "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(work / "guarded")}
    cache["ANSIBLE_INVENTORY_CACHE_TIMEOUT"] = "1"
    environment = environment_of(private, injectors, values, **cache)
    file, devices = "guarded.netbox.yml", netbox.table("dcim/devices")
    found, ended = update(private, "first", file, 0, environment, secrets)
    assert (ended.status, len(found["_meta"]["hostvars"])) == ("successful", len(devices)), ended.said
    kept = {path: path.read_bytes() for path in (work / "guarded").iterdir()}
    removed = sorted(devices.pop(number)["name"] for number in list(devices.ids())[-6:])
    time.sleep(1.1)
    for ident in ("shrunk", "again"):
        found, ended = update(private, ident, file, 0, environment, secrets)
        said = " ".join(ended.said.split())
        assert ended.status == "failed" and not found, ended.said
        assert "This is 6 fewer than the 30 hosts" in said and f"gone (6): {', '.join(removed)}" in said, said
        assert {path: path.read_bytes() for path in (work / "guarded").iterdir()} == kept
    accepting = {**environment, "MAX_SHRINK": "100"}
    for ident, given in (("accepted", accepting), ("after", environment)):
        found, ended = update(private, ident, file, 0, given, secrets)
        assert (ended.status, len(found["_meta"]["hostvars"])) == ("successful", 24), ended.said
        time.sleep(1.1)
    # The token's user lost the permission to view some devices. NetBox returns fewer devices without an error.
    devices.replace({number: devices[number] for number in list(devices.ids())[:3]})
    found, ended = update(private, "permission", file, 0, environment, secrets)
    assert ended.status == "failed" and not found and "21 fewer" in " ".join(ended.said.split()), ended.said


def check_jobs(netbox: NetBox) -> None:
    """Run the job templates: one with a lookup in two slices, and two that write and need variables."""
    values = {"address": netbox.url, "token": netbox.tokens["v2"]}
    secrets = secrets_of(netbox)
    private = private_folder("jobs")
    environment = environment_of(private, injectors, values)
    found = update(private, "hosts", "netbox.yml", 0, environment, secrets)[0]
    check_enabled(found["_meta"]["hostvars"])
    hosts = sorted(found["_meta"]["hostvars"])
    devices = netbox.table("dcim/devices")
    gone = next(host for host in hosts if host.startswith("leaf2"))
    row = devices[found["_meta"]["hostvars"][gone]["netbox_id"]]
    row["status"] = {"value": "offline", "label": "Offline"}
    for number, verbosity in enumerate((0, 5)):
        part = {name: found["_meta"]["hostvars"][name] for name in hosts[number::2]}
        inventory = {"all": {"hosts": list(part)}, "_meta": {"hostvars": part}}
        script = private / "inventory" / "hosts"
        # The inventory that AWX passes to a job is also a script.
        script.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
        script.chmod(0o700)
        netbox.requests.clear()
        options = {"playbook": "audit.yml", "inventory": str(script), "verbosity": verbosity}
        ended = run(private, f"slice{number}", {**environment, "ANSIBLE_CACHE_PLUGIN": "jsonfile"}, secrets, **options)
        assert ended.status == "successful", ended.said
        left = {json.loads(f'"{name}"') for name in re.findall(r'"msg": "(.+) is active"', ended.said)}
        active = {host for host in part if devices[part[host]["netbox_id"]]["status"]["value"] == "active"}
        assert left and left == active - {gone}, (left, active)
        asked = [request for request in netbox.requests if request.path == "/api/dcim/devices/"]
        assert len([one for one in asked if ("fields", "id,status") in one.query]) == 1, [one.url for one in asked]

    site = min(netbox.table("dcim/sites").values(), key=lambda site: site["id"])
    survey = {question["variable"]: site["slug"] for question in setup_of("NetBox photos")["survey_spec"]["spec"]}
    variables = yaml.safe_load(blocks["Variables"])
    assert variables == setup_of("NetBox racks")["extra_vars"]
    for playbook, extra in (
        ("photos.yml", survey),
        ("racks.yml", {name: f"{private}{value}" for name, value in variables.items()}),
    ):
        ended = run(private, playbook, environment, secrets, playbook=playbook, extravars=extra)
        assert ended.status == "successful", ended.said
    names = {row["name"] for row in netbox.table("extras/image-attachments").values()}
    assert {"building", "front"} <= names
    assert (private / "srv/www/racks/index.html").exists()

    # Ansible stores facts if the playbook enables this.
    facts = {"name": "facts", "hosts": "localhost", "gather_facts": False}
    sites = "{{ query('netbox.cursor.nb_query', 'dcim/sites', returns='names') }}"
    play = [{**facts, "tasks": [{"ansible.builtin.set_fact": {"sites": sites, "cacheable": True}}]}]
    (private / "project" / "facts.yml").write_text(json.dumps(play), encoding="utf-8")
    ended = run(private, "facts", {**environment, "ANSIBLE_CACHE_PLUGIN": "jsonfile"}, secrets, playbook="facts.yml")
    (kept,) = (ended.artifacts / "fact_cache").glob("*localhost")
    assert site["name"] in kept.read_text(encoding="utf-8")

    # Make sure that the search finds a token if a playbook prints it.
    leak = [
        {**facts, "tasks": [{"ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.env', 'NETBOX_TOKEN') }}"}}]}
    ]
    (private / "project" / "leak.yml").write_text(json.dumps(leak), encoding="utf-8")
    try:
        run(private, "leak", environment, secrets, playbook="leak.yml")
    except AssertionError as error:
        assert "a token is in the events" in str(error)
    else:
        raise AssertionError("a token in the events is not found")


def setup_of(name: str) -> dict[str, t.Any]:
    """Return the options of the module that creates the object ``name`` in setup.yml."""
    (found,) = [options for module, options in setup if options.get("name") == name]
    return found


def check_enabled(hosts: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
    """Enable hosts as AWX does (awx/main/management/commands/inventory_import.py): it compares strings."""
    source = setup_of("NetBox hosts")
    assert isinstance(source["enabled_value"], str)

    def is_enabled(value: t.Any) -> bool:
        for key in source["enabled_var"].split("."):
            value = value[key]
        return str(value).lower() == source["enabled_value"].lower()

    assert {is_enabled(variables) for variables in hosts.values()} == {True, False}


def check_setup() -> None:
    """setup.yml creates what the steps of the guide describe."""
    by_module = {module: options for module, options in setup if module != "job_template"}
    assert by_module["credential_type"]["inputs"] == inputs
    assert by_module["credential_type"]["injectors"] == injectors
    assert by_module["inventory_source"]["source_path"] in files
    templates = [options for module, options in setup if module == "job_template"]
    assert {options["playbook"] for options in templates} == {"audit.yml", "photos.yml", "racks.yml"} <= set(files)
    assert {each for options in templates for each in options["credentials"]} == {"NetBox (read)", "NetBox (write)"}
    # The templates set all variables that the playbooks use.
    for options in templates:
        given = set(options.get("extra_vars", ())) | {
            question["variable"] for question in options.get("survey_spec", {}).get("spec", ())
        }
        assert given == set(re.findall(r"\b(photo_site|racks_directory)\b", files[options["playbook"]])), options


def check_shared_cache(netbox: NetBox, devices: int) -> None:
    """Start eight parallel runs several times. Each run reads while others write, and all results are complete."""
    private = private_folder("cache")
    values = {"address": netbox.url, "token": netbox.tokens["v2"]}
    cache = {**shared_cache, "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(work / "shared")}
    environment = {**os.environ, **environment_of(private, injectors, values, **UPDATE, **cache)}
    words = ["ansible-inventory", "--list", "--export", "-i", str(private / "project" / "netbox.yml")]

    def one(timeout: str) -> int:
        given = {**environment, "ANSIBLE_INVENTORY_CACHE_TIMEOUT": timeout}
        ended = subprocess.run(words, env=given, capture_output=True, text=True, check=True)
        assert "WARNING" not in ended.stderr.replace("[WARNING]: running with default collection", ""), ended.stderr
        return len(json.loads(ended.stdout)["_meta"]["hostvars"])

    with ThreadPoolExecutor(8) as pool:
        # At first, the cache is empty. Later, its entries are too old for half of the runs, which replace them.
        for timeouts in (["900"] * 8, ["900", "1"] * 4):
            assert list(pool.map(one, timeouts)) == [devices] * 8
    asked = len(netbox.requests)
    assert one("900") == devices
    assert len(netbox.requests) == asked, "what is kept is not used"
    kept = list((work / "shared").iterdir())
    assert len(kept) == 1, kept
    assert not any(secret in kept[0].read_text(encoding="utf-8") for secret in secrets_of(netbox))


check_setup()
install()
with serve(version="4.6", estate=30, tls=True) as netbox:
    check_updates(netbox)
with serve(version="4.6", estate=30) as netbox:
    check_guard(netbox)
with serve(version="4.6") as netbox:
    check_jobs(netbox)
with serve(version="4.6", estate=300) as netbox:
    check_shared_cache(netbox, 300)
