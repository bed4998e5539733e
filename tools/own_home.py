# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create a separate HOME in which pip and uv use the same package index as pip in the user's HOME."""

from __future__ import annotations

import ast
import configparser
import json
import os
import subprocess
import sys
from pathlib import Path


def pip_settings() -> dict[str, dict[str, str]]:
    """Return pip's settings by section. As in pip, environment variables override files."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    settings: dict[str, dict[str, str]] = {"global": {"quiet": "2"}}
    for line in sorted(lines, key=lambda line: line.startswith(":env:")):
        name, value = line.split("=", 1)
        section, key = name.split(".", 1)
        if key not in ("cache-dir", "config-file", "require-virtualenv"):
            settings.setdefault("global" if section == ":env:" else section, {})[key] = ast.literal_eval(value)
    # Programs that ansible-test starts do not see these.
    for key, variables in {
        "cert": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
        "proxy": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    }.items():
        for variable in variables:
            if os.environ.get(variable):
                settings["global"].setdefault(key, os.environ[variable])
    return settings


def uv_settings(pip: dict[str, str]) -> dict[str, object]:
    """Return the corresponding settings for uv."""
    settings: dict[str, object] = {"index-strategy": "unsafe-best-match", "native-tls": "cert" in pip}
    if "index-url" in pip:
        settings["index-url"] = pip["index-url"]
    if pip.get("no-index", "").lower() in ("1", "on", "true", "yes"):
        settings["no-index"] = True
    for key, name in {"extra-index-url": "extra-index-url", "find-links": "find-links"}.items():
        if pip.get(key):
            settings[name] = pip[key].split()
    if pip.get("trusted-host"):
        settings["allow-insecure-host"] = pip["trusted-host"].split()
    return settings


def main(home: Path) -> None:
    settings = pip_settings()
    os.umask(0o077)  # an index URL can contain a password
    for tool in ("pip", "uv"):
        (home / ".config" / tool).mkdir(parents=True, exist_ok=True)
    config = configparser.RawConfigParser()
    config.read_dict(settings)
    with (home / ".config/pip/pip.conf").open("w", encoding="utf-8") as file:
        config.write(file)
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in uv_settings(settings["global"]).items()]
    (home / ".config/uv/uv.toml").write_text("".join(lines), encoding="utf-8")


main(Path(sys.argv[1]))
