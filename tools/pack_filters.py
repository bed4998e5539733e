# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generate plugins/module_utils/_filters/index.py from tests/recordings/filters.json.

python tools/pack_filters.py                   pack the recorded versions
python tools/pack_filters.py 4.6.9.json ...    first add versions to the record, from the output of list_filters.py

In the record, a filter or field without a version exists in all versions. ``@4.6.6..`` means from that version on,
``@..4.5.2`` up to that version. ``?`` marks a boolean, ``!`` a parameter that accepts one value only.
"""

from __future__ import annotations

import base64
import json
import sys
import typing as t
import zlib
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "tests/recordings/filters.json"
INDEX = ROOT / "plugins/module_utils/_filters/index.py"
KINDS = ("filters", "ordering")

Record = dict[str, t.Any]


def write_spans(there: list[bool], versions: list[str]) -> str:
    """Return the versions in which something exists, as the record shows them."""
    if all(there):
        return ""
    spans, first = [], None
    for number, exists in enumerate([*there, False]):
        if exists and first is None:
            first = number
        elif not exists and first is not None:
            start = versions[first] if first else ""
            spans.append(f"{start}..{versions[number - 1] if number < len(versions) else ''}")
            first = None
    return "@" + ",".join(spans)


def read_entry(text: str, versions: list[str]) -> tuple[str, set[str]]:
    """Split an entry of the record into its name with marker, and the versions that have it."""
    entry, dummy, spans = text.partition("@")
    if not spans:
        return entry, set(versions)
    there: set[str] = set()
    for span in spans.split(","):
        first, dummy, last = span.partition("..")
        start = versions.index(first) if first else 0
        there |= set(versions[start : versions.index(last) + 1 if last else len(versions)])
    return entry, there


def add(record: Record, listed: Record) -> Record:
    """Add what list_filters.py printed about one version."""
    version = listed["version"]
    before: list[str] = record["versions"]
    versions = sorted({*before, version}, key=Version)
    endpoints: Record = {}
    for endpoint in sorted({*record["endpoints"], *listed["endpoints"]}):
        old, new = record["endpoints"].get(endpoint, {}), listed["endpoints"].get(endpoint, {})
        known = endpoints[endpoint] = {}
        for kind in KINDS:
            entries = dict(read_entry(text, before) for text in old.get(kind, "").split())
            entries = {entry: there - {version} for entry, there in entries.items()}
            for entry in " ".join(new.get(kind, ())).split():
                entries.setdefault(entry, set()).add(version)
            texts = [
                entry + write_spans([each in there for each in versions], versions)
                for entry, there in sorted(entries.items())
                if there
            ]
            if texts:
                known[kind] = " ".join(texts)
        model = new.get("model") or old.get("model")
        if model:
            known["model"] = model
    return {"versions": versions, "endpoints": endpoints}


def dump(record: Record) -> str:
    lines = [f"{json.dumps(endpoint)}: {json.dumps(known)}" for endpoint, known in record["endpoints"].items()]
    return f'{{"versions": {json.dumps(record["versions"])},\n"endpoints": {{\n' + ",\n".join(lines) + "\n}}\n"


def pack(record: Record) -> str:
    """Return the text of the index."""
    # Keep the beginning of the file.
    head = INDEX.read_text(encoding="utf-8").split("VERSIONS = ")[0]
    versions = "".join(f'    "{version}",\n' for version in record["versions"])
    content = json.dumps(record["endpoints"], separators=(",", ":"))
    packed = base64.b85encode(zlib.compress(content.encode(), 9)).decode()
    lines = "\n".join(f'    "{packed[start : start + 110]}"' for start in range(0, len(packed), 110))
    return f"{head}VERSIONS = (\n{versions})\n# JSON, compressed by zlib, in base 85.\nPACKED = (\n{lines}\n)\n"


if __name__ == "__main__":
    content = json.loads(RECORD.read_text(encoding="utf-8"))
    for path in sys.argv[1:]:
        content = add(content, json.loads(Path(path).read_text(encoding="utf-8")))
    RECORD.write_text(dump(content), encoding="utf-8")
    INDEX.write_text(pack(content), encoding="utf-8")
