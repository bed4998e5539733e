# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates. `tools/run nox --list` names them, `make test` runs them."""

from __future__ import annotations

import ensurepip
import os
import re
import shutil
import sys
import sysconfig
import tempfile
import urllib.request
import zipfile
from pathlib import Path

import antsibull_nox
import nox
import tomllib

ROOT = Path(__file__).parent
# Where the images of the guides are, with the version in galaxy.yml. tests/unit/docs checks it.
IMAGE_URL = r"https://raw\.githubusercontent\.com/netbox-cursor/netbox\.cursor/[\d.]+/docs/docsite/rst/images/"
CORES = ("2.16", "2.17", "2.18", "2.19", "2.20", "2.21", "devel")

# Does the work of ansible-test's get-pip.py with the pip that comes with the Python that runs nox. The Python that is
# tested can lack it: Debian removes the wheel from ensurepip.
GET_PIP = """\
import sys

sys.path.insert(0, {wheel!r})
from pip._internal.cli.main import main

wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--upgrade"] + wanted))
"""

antsibull_nox.load_antsibull_nox_toml()


def pip_wheel() -> Path:
    """Return a wheel of pip that comes with the Python that runs nox."""
    folders = [Path(ensurepip.__file__).parent / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
    for folder in (*folders, "/usr/share/python-wheels"):
        for wheel in sorted(Path(folder).glob("pip-*.whl")) if folder else ():
            return wheel
    sys.exit(f"{sys.executable} comes without a wheel of pip. Name another Python: make PYTHON=/path/to/python")


def provide_get_pip() -> None:
    """Put get-pip.py where ansible-test looks for it, so that it also works where its file server is out of reach."""
    cache = Path.home() / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for internal in ROOT.glob(".nox/*/lib/*/site-packages/ansible_test/_internal"):
        setup = internal.parent / "_util/target/setup/requirements.py"
        url = re.search(r"https://\S+/get-pip-%s\.py", setup.read_text("utf-8"))
        for version in re.findall(r"pip='([\d.]+)'", (internal / "python_requirements.py").read_text("utf-8")):
            target = cache / f"get_pip_{version.replace('.', '_')}.py"
            if target.exists() and "import ensurepip" not in target.read_text(encoding="utf-8"):
                continue
            try:
                with urllib.request.urlopen(url[0] % version if url else "", timeout=5) as answer:
                    text = answer.read().decode("utf-8")
            except (OSError, ValueError):
                text = GET_PIP.format(wheel=str(pip_wheel()))
            part = target.with_suffix(f".{os.getpid()}")
            part.write_text(text, encoding="utf-8")
            part.replace(target)


def drop_delegation_venvs() -> None:
    """Keep antsibull-nox 1.10 from copying ansible-test's virtual environments back: it fails on them."""
    shutil.rmtree("tests/output/.tmp", ignore_errors=True)


# antsibull-nox's own ansible-test sessions want Docker and ansible-core from GitHub; these want neither.
for core in CORES:
    for kind in ("sanity", "units", "integration"):
        antsibull_nox.add_ansible_test_session(
            name=f"{kind}-{core}",
            description=f"ansible-test {kind} with ansible-core {core}",
            ansible_test_params=[kind, "--venv"],
            default=False,
            ansible_core_version=core,
            ansible_core_source="git" if core == "devel" else "pypi",
            callback_before=provide_get_pip,
            callback_after=drop_delegation_venvs,
        )


@nox.session
def changelog(session: nox.Session) -> None:
    """antsibull-changelog lint; `-- release` makes a release of the fragments"""
    # A release lists the plugins, which ansible-doc knows.
    session.install("antsibull-changelog~=0.36.0", *(["ansible-core~=2.21.0"] if session.posargs else []))
    session.run("antsibull-changelog", *(session.posargs or ["lint"]))


@nox.session(default=False)
def check(session: nox.Session) -> None:
    """The inner loop: ruff, mypy, and all but the slow unit tests, on one Python; `-- PATH` runs these tests only"""
    lint = tomllib.loads(Path("antsibull-nox.toml").read_text(encoding="utf-8"))["sessions"]["lint"]
    types = [name for name in lint["mypy_extra_deps"] if name.startswith("types-")]
    tools = (lint["ruff_package"], lint["mypy_package"], "pytest-ansible~=26.10", "pytest-xdist~=3.8")
    session.install("ansible-core~=2.21.0", *tools, *types, "-r", "tests/unit/requirements.txt")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    code = ("plugins", "tests", "tools", "noxfile.py")
    session.run("ruff", "format", "--check", "--quiet", *code)
    session.run("ruff", "check", "--quiet", *code)
    # Types are checked in a folder of the right name, whatever that of this checkout is.
    with tempfile.TemporaryDirectory() as tree:
        link = Path(tree) / "ansible_collections" / "netbox" / "cursor"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT.resolve())
        with session.chdir(tree):
            names = ("plugins", "tests/unit", "tests/stand_in", "tests/in_process")
            options = ("--explicit-package-bases", "--namespace-packages", "--cache-dir", str(ROOT / ".mypy_cache"))
            config = ("--config-file", "ansible_collections/netbox/cursor/.mypy.ini")
            session.run("mypy", *config, *options, *(f"ansible_collections/netbox/cursor/{name}" for name in names))
    session.run("pytest", "--quiet", "--numprocesses=logical", "--dist=worksteal", "-m", "not slow")


@nox.session
def github(session: nox.Session) -> None:
    """Workflows, issue forms, and Dependabot's file, against GitHub's schemas"""
    session.install("check-jsonschema~=0.38")
    forms = sorted(map(str, Path(".github/ISSUE_TEMPLATE").glob("*_re*.yml")))
    for schema, files in {
        "github-workflows": sorted(map(str, Path(".github/workflows").glob("*.yml"))),
        "github-issue-forms": forms,
        "github-issue-config": [".github/ISSUE_TEMPLATE/config.yml"],
        "dependabot": [".github/dependabot.yml"],
    }.items():
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


@nox.session
def package(session: nox.Session) -> None:
    """What is in the tarball, how large it is, and whether execution environments can be made of it"""
    session.install("ansible-builder~=3.2", "ansible-core~=2.21.0")
    session.run("python", "tools/package.py")


@nox.session(default=False)
def stranger(session: nox.Session) -> None:
    """README's first command, installation and examples, in a fresh copy with an empty HOME"""
    session.install("-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt")
    session.run("python", "tests/stranger")


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Guides and reference as HTML, in .nox/html"""
    session.install("-r", "tools/docs/requirements.txt")
    # Not below the checkout: Ansible loses roles where one ansible_collections lies in another.
    with tempfile.TemporaryDirectory() as made:
        collections, pages = Path(made, "collections"), Path(made, "pages")
        pages.mkdir()
        session.run("ansible-galaxy", "collection", "build", "--output-path", made, silent=True)
        tarballs = map(str, Path(made).glob("*.tar.gz"))
        installed = {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
        session.run("ansible-galaxy", "collection", "install", "--offline", *tarballs, env=installed, silent=True)
        reference = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(pages))
        session.run("antsibull-docs", "collection", *reference, "netbox.cursor", env=installed)
        # The guides refer to their images by URL, because antsibull-docs copies only RST files.
        shutil.copytree("docs/docsite/rst/images", pages / "docsite" / "images")
        for page in (pages / "docsite").glob("*.rst"):
            page.write_text(re.sub(IMAGE_URL, "images/", page.read_text("utf-8")), encoding="utf-8")
        warnings_are_errors = ("-W", "--keep-going", "--fresh-env", "--write-all", "--quiet")
        session.run("sphinx-build", *warnings_are_errors, "-c", "tools/docs", str(pages), ".nox/html")
    session.log(f"Open {ROOT / '.nox/html/index.html'} in a browser.")


# The newest release of the package that netbox.netbox comes with; its ansible-core is not used.
PEER = "ansible==14.5.0"


def unpack_peer(session: nox.Session) -> str:
    """Unpack netbox.netbox from the package `ansible`, whose other 99 percent are not needed. Return where it is."""
    folder = ROOT / ".nox" / "peer" / PEER.replace("==", "-")
    collection = folder / "ansible_collections" / "netbox" / "netbox"
    if not (collection / "MANIFEST.json").exists():
        with tempfile.TemporaryDirectory() as downloaded:
            session.run("python", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", downloaded, PEER)
            (wheel,) = Path(downloaded).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.startswith("ansible_collections/netbox/netbox/")]
                archive.extractall(folder, names)
    return str(folder)


def run_laws(session: nox.Session, core: str, *arguments: str, **environment: str) -> None:
    """Run the tests in tests/laws with this ansible-core."""
    session.install(f"ansible-core~={core}.0", "pip", "pytest", "pytest-xdist", "pytz")
    session.install("-r", "tests/unit/requirements.txt")
    peer = unpack_peer(session)
    # Python finds the collection in a folder of the right name, whatever that of this checkout is.
    with tempfile.TemporaryDirectory() as tree:
        link = Path(tree) / "ansible_collections" / "netbox" / "cursor"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT.resolve())
        path = {"PYTHONPATH": os.pathsep.join((tree, peer))}
        options = ("-q", "-n", "2", "-p", "no:cacheprovider", f"--rootdir={link}")
        session.run(
            "python", "-m", "pytest", *options, str(link / "tests" / "laws"), *arguments, env=path | environment
        )


@nox.session(default=False)
def acceptance(session: nox.Session) -> None:
    """Laws 1 to 7 on a real, empty NetBox (NETBOX_API, NETBOX_TOKEN), which it fills; `-- --help` tells more"""
    session.install("ansible-core~=2.21.0", "pip", "pytz", "-r", "tests/unit/requirements.txt")
    peer = unpack_peer(session)
    with tempfile.TemporaryDirectory() as tree:
        link = Path(tree) / "ansible_collections" / "netbox" / "cursor"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT.resolve())
        path = {"PYTHONPATH": os.pathsep.join((tree, peer))}
        session.run("python", str(link / "tests" / "acceptance"), *session.posargs, env=path)


def add_laws_session(core: str) -> None:
    @nox.session(name=f"laws-{core}", default=False)
    def laws(session: nox.Session) -> None:
        """The inventory on random estates and configurations, also beside netbox.netbox; `-- -k peer` runs a part"""
        run_laws(session, core, *session.posargs)


for core in CORES:
    add_laws_session(core)


@nox.session(name="soak-laws", default=False)
def soak_laws(session: nox.Session) -> None:
    """The laws on 5,000 estates and configurations each; `-- -k peer` runs a part"""
    run_laws(session, "2.21", *session.posargs, LAWS="soak")


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Lists that change while they are read, and long runs; `-- --help` tells how to make it shorter"""
    session.install("-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt")
    session.run("python", "tests/soak", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measured beside netbox.netbox and pynetbox; `-- --help` tells what, and how to measure more or less"""
    session.install(
        "-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt", "-r", "tests/bench/requirements.txt"
    )
    # Python finds the collection in a folder of the right name, whatever that of this checkout is.
    with tempfile.TemporaryDirectory() as tree:
        link = Path(tree) / "ansible_collections" / "netbox" / "cursor"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT.resolve())
        session.run("python", str(link / "tests" / "bench"), *session.posargs)


if __name__ == "__main__":
    sys.exit(nox.main())
