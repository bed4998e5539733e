# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record the traces of edits in NetBox: change log records, and changes of other objects without a record.

    python tests/acceptance/record_changes.py URL TOKEN FILE [--case WORDS] [--missing]

The script creates the objects that it needs through the REST API. It does not delete most of them. Nobody else must
write to this NetBox at the same time. The token's user needs every permission.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import typing as t
from pathlib import Path

# If Python runs this file by its path, it cannot import the package `acceptance` without this entry.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
cases = importlib.import_module("acceptance.change_cases")
recorders = importlib.import_module("acceptance.change_recorder")


def main() -> int:
    parser = argparse.ArgumentParser(description="Record the traces that edits leave in NetBox.")
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("file", type=Path)
    parser.add_argument("--case", default="", help="run only cases whose names contain these words; the others stay")
    parser.add_argument("--missing", action="store_true", help="run only cases that the file does not contain")
    options = parser.parse_args()
    recorder = recorders.Recorder(recorders.Server(options.url, options.token))
    keep = (options.case or options.missing) and options.file.exists()
    earlier = json.loads(options.file.read_text("utf-8")) if keep else None
    failed = []
    for case in cases.CASES:
        if options.case not in case.name or (options.missing and earlier and case.name in earlier["cases"]):
            continue
        try:
            recorder.record(case)
        except recorders.Refused as error:
            failed.append(case.name)
            print(f"{case.name}: {error}", file=sys.stderr)
        # Save the recording after each case. A run takes minutes, and an interruption must not lose results.
        options.file.write_text(as_text(recorder.recording(earlier)), "utf-8")
    return 1 if failed else 0


def as_text(recording: dict[str, t.Any]) -> str:
    """Return the recording as JSON, with one line for each case. Short lines keep diffs readable."""

    def written(value: t.Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    parts = []
    for name, content in sorted(recording.items()):
        if isinstance(content, dict):
            lines = [f"{written(key)}: {written(each)}" for key, each in sorted(content.items())]
            parts.append(f"{written(name)}: {{\n" + ",\n".join(lines) + "\n}")
        else:
            parts.append(f"{written(name)}: {written(content)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
