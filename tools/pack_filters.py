# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make plugins/module_utils/_filters/index.py from tests/recordings/filters, and these from a server's schema.

python tools/pack_filters.py                       pack what is recorded
python tools/pack_filters.py https://netbox ...    record the names of these servers first, each under its version
"""

from __future__ import annotations

import base64
import json
import re
import sys
import urllib.request
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "tests/recordings/filters"
INDEX = ROOT / "plugins/module_utils/_filters/index.py"


def record(server: str) -> None:
    """Write down which parameters the lists of a NetBox have, in the words of its schema."""
    with urllib.request.urlopen(server.rstrip("/") + "/api/schema/?format=json") as answer:
        schema = json.load(answer)
    found = re.match(r"\d+\.\d+", schema["info"]["version"])
    assert found, schema["info"]
    lines = []
    for path, item in sorted(schema["paths"].items()):
        if "{" not in path and "get" in item:
            names = " ".join(sorted({one["name"] for one in item["get"].get("parameters", ()) if one["in"] == "query"}))
            lines.append(f"{json.dumps(path.removeprefix('/api/').strip('/'))}: {json.dumps(names)}")
    (RECORDED / f"{found[0]}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def pack() -> str:
    """The text of the index."""
    # Its head stays.
    text = re.split(r"^V", INDEX.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    for path in sorted(RECORDED.glob("*.json")):
        content = json.dumps(json.loads(path.read_text(encoding="utf-8")), separators=(",", ":"))
        packed = base64.b85encode(zlib.compress(content.encode(), 9)).decode()
        lines = "\n".join(f'    "{packed[start : start + 110]}"' for start in range(0, len(packed), 110))
        text += f"V{path.stem.replace('.', '_')} = (\n{lines}\n)\n"
    return text


if __name__ == "__main__":
    for address in sys.argv[1:]:
        record(address)
    INDEX.write_text(pack(), encoding="utf-8")
