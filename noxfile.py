# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks. `tools/run nox --list` lists them, and `make test` runs them."""

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
# URL of the images in the guides, with the version from galaxy.yml. tests/unit/docs checks the URLs.
IMAGE_URL = r"https://raw\.githubusercontent\.com/netbox-cursor/netbox\.cursor/[\d.]+/docs/docsite/rst/images/"
CORES = ("2.16", "2.17", "2.18", "2.19", "2.20", "2.21", "devel")

# Replaces ansible-test's get-pip.py with a script that uses the pip wheel of the Python that runs nox. The tested
# Python might not contain a wheel, because Debian removes it from ensurepip.
GET_PIP = """\
import sys

sys.path.insert(0, {wheel!r})
from pip._internal.cli.main import main

wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--upgrade"] + wanted))
"""

antsibull_nox.load_antsibull_nox_toml()


def pip_wheel() -> Path:
    """Return the pip wheel of the Python that runs nox."""
    folders = [Path(ensurepip.__file__).parent / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
    for folder in (*folders, "/usr/share/python-wheels"):
        for wheel in sorted(Path(folder).glob("pip-*.whl")) if folder else ():
            return wheel
    sys.exit(f"{sys.executable} does not contain a pip wheel. Use another Python: make PYTHON=/path/to/python")


def provide_get_pip() -> None:
    """Put get-pip.py in ansible-test's cache, so that ansible-test does not need access to its file server."""
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
    """Remove ansible-test's virtual environments, because antsibull-nox 1.10 fails when it copies them back."""
    shutil.rmtree("tests/output/.tmp", ignore_errors=True)


# antsibull-nox's own ansible-test sessions require Docker and download ansible-core from GitHub. These sessions do not.
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
    """Check the changelog fragments. `-- release` converts them to a release"""
    # A release contains the list of plugins, which ansible-doc returns.
    session.install("antsibull-changelog~=0.36.0", *(["ansible-core~=2.21.0"] if session.posargs else []))
    session.run("antsibull-changelog", *(session.posargs or ["lint"]))


@nox.session(default=False)
def check(session: nox.Session) -> None:
    """Run ruff, mypy, and the fast unit tests on one Python. `-- PATH` runs only these tests"""
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
    # mypy needs a directory named ansible_collections/netbox/cursor, and the checkout can have another name.
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
    """Validate workflows, issue forms, and the Dependabot configuration with GitHub's schemas"""
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
    """Check the content and size of the tarball, and that ansible-builder can use it"""
    session.install("ansible-builder~=3.2", "ansible-core~=2.21.0")
    session.run("python", "tools/package.py")


@nox.session(default=False)
def stranger(session: nox.Session) -> None:
    """Follow the README and getting started in a new copy with an empty HOME"""
    session.install("-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt")
    session.run("python", "tests/stranger")


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the guides and the reference as HTML in .nox/html"""
    session.install("-r", "tools/docs/requirements.txt")
    # Do not use a directory in the checkout: Ansible does not find roles if ansible_collections directories are nested.
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


# The newest release of the package that contains netbox.netbox. Its ansible-core is not used.
PEER = "ansible==14.5.0"


def unpack_peer(session: nox.Session) -> str:
    """Unpack netbox.netbox from the package `ansible`, and return its directory. The rest is not needed."""
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
    # Python needs a directory named ansible_collections/netbox/cursor, and the checkout can have another name.
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
    """Fill a real, empty NetBox (NETBOX_API, NETBOX_TOKEN), and check laws 1 to 7 on it. `-- --help` lists options"""
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
        """Test the inventory with random data and options, also against netbox.netbox. `-- -k peer` runs a part"""
        run_laws(session, core, *session.posargs)


for core in CORES:
    add_laws_session(core)


@nox.session(name="soak-laws", default=False)
def soak_laws(session: nox.Session) -> None:
    """Check each law with 5,000 random estates and configurations. `-- -k peer` runs a part"""
    run_laws(session, "2.21", *session.posargs, LAWS="soak")


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Read lists that change during the run, and test long runs. `-- --help` lists options for shorter runs"""
    session.install("-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt")
    session.run("python", "tests/soak", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Compare the speed with netbox.netbox and pynetbox. `-- --help` lists options for shorter and longer runs"""
    session.install(
        "-r", "demo/requirements.txt", "-r", "meta/ee-requirements.txt", "-r", "tests/bench/requirements.txt"
    )
    # Python needs a directory named ansible_collections/netbox/cursor, and the checkout can have another name.
    with tempfile.TemporaryDirectory() as tree:
        link = Path(tree) / "ansible_collections" / "netbox" / "cursor"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT.resolve())
        session.run("python", str(link / "tests" / "bench"), *session.posargs)


if __name__ == "__main__":
    sys.exit(nox.main())
