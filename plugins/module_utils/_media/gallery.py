# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Update a gallery of racks: find changes in NetBox, update drawings, and remove drawings of deleted racks."""

from __future__ import annotations

import re
import time
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import ElevationOptions, fetch_drawing
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_data import (
    PAGE_SIZE,
    Rack,
    RackData,
    RackReader,
    are_settled,
    digest,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_files import (
    ASSETS,
    DRAWINGS,
    MANIFEST,
    PAGE,
    GalleryFiles,
    Manifest,
    hash_bytes,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_page import (
    LEGEND_WIDTH,
    Drawing,
    PageOptions,
    read_size,
    render_page,
)

# Increase this number if the code that writes drawings or pages changes.
FORMAT = 1
# Number of drawings to request before they are written.
BATCH = 64
# A rack ID, a face, and the digest of all data on which the drawing depends.
Task = tuple[int, str, str]


class Gallery:
    """The gallery that ``options`` describe. They are the module options of nb_rack_gallery."""

    def __init__(
        self, client: Client, files: GalleryFiles, options: Mapping[str, t.Any], warn: t.Callable[[str], object]
    ) -> None:
        self._client = client
        self._files = files
        self._options = options
        self._warn = warn
        self._elevations = {
            face: ElevationOptions.from_options({**options, "face": face}, "svg") for face in options["faces"]
        }

    def update(self, filters: Pairs) -> dict[str, t.Any]:
        """Update all files. Return the number of racks, and the names of the written and removed files."""
        self._files.create_directories()
        old = Manifest.parse(self._files.read(MANIFEST))
        with Pager(self._client, page_size=PAGE_SIZE, max_workers=self._options["max_workers"]) as pager:
            started = time.time()
            reader = RackReader(self._client, pager, filters, self._warn)
            states = reader.states()
            settings, state = self._settings(), [digest(reader.rows), states]
            if not self._is_current(old, settings, state):
                data = reader.read()
                new = Manifest(settings, None, old.generated, {})
                if are_settled(states.values(), started):
                    new.state = state
                self._build(data, old, new)
        return {"racks": len(reader.rows), "written": self._files.written, "removed": self._files.removed}

    def _settings(self) -> str:
        """Return a digest of the options on which the files depend."""
        names = ("title", "devices", "prune", *ASSETS)
        drawing = {face: options.parameters for face, options in self._elevations.items()}
        shown = {name: self._options[name] for name in names}
        return digest([*self._server(), drawing, shown])

    def _server(self) -> list[t.Any]:
        return [FORMAT, self._client.endpoint, self._client.api_version]

    def _is_current(self, old: Manifest, settings: str, state: t.Any) -> bool:
        """Return whether it is certain that the files are up to date.

        This is the case if NetBox, the options, and the files have not changed. With ``force`` or ``highlight``, return
        ``False``.
        """
        if self._options["force"] or self._options["highlight"] or old.settings != settings or old.state != state:
            return False
        return all(self._files.has(name, entry["sha256"]) for name, entry in old.files.items())

    def _build(self, data: RackData, old: Manifest, new: Manifest) -> None:
        names = {rack.id: name_drawing(rack) for rack in data.racks}
        wanted = {
            (rack.id, face): f"{DRAWINGS}/{names[rack.id]}-{face}.svg"
            for rack in data.racks
            for face in self._elevations
        }
        drawings = dict(self._draw(data, wanted, old, new))
        for option, name in ASSETS.items():
            if self._options[option] is not None:
                self._write(name, self._options[option].encode("utf-8"), new, "")
        self._write_page(data, drawings, new)
        for name, entry in old.files.items():
            if name not in new.files:
                if self._options["prune"]:
                    self._files.remove(name, entry["sha256"])
                else:
                    new.files[name] = entry
        self._files.write(MANIFEST, new.serialize(), count=False)

    def _draw(
        self, data: RackData, wanted: Mapping[tuple[int, str], str], old: Manifest, new: Manifest
    ) -> Iterator[tuple[tuple[int, str], Drawing]]:
        """Yield all drawings. Request the drawings that might have changed, and write the ones that did."""
        stale: list[Task] = []
        for rack in data.racks:
            fingerprint = rack.fingerprint(data.roles)
            for face, options in self._elevations.items():
                name = wanted[rack.id, face]
                source = digest(
                    [FORMAT, self._client.endpoint, self._client.api_version, options.parameters, fingerprint]
                )
                entry = old.files.get(name, {})
                content = self._files.read(name) if entry.get("source") == source and not self._must_draw() else None
                if content is not None and hash_bytes(content) == entry["sha256"]:
                    new.files[name] = entry
                    yield (rack.id, face), Drawing(name, read_size(content))
                else:
                    stale.append((rack.id, face, source))
        for batch in self._fetch(stale):
            for (number, face, source), content in batch:
                new.files[wanted[number, face]] = {"sha256": hash_bytes(content), "source": source}
            # Write the manifest first, so that the next run knows which files belong to the gallery, even if this run
            # is interrupted.
            interim = Manifest("", None, old.generated, {**old.files, **new.files})
            self._files.write(MANIFEST, interim.serialize(), count=False)
            for (number, face, dummy), content in batch:
                name = wanted[number, face]
                self._files.write(name, content)
                yield (number, face), Drawing(name, read_size(content))

    def _must_draw(self) -> bool:
        """Return whether to request all drawings.

        With ``highlight``, drawings depend on data that the lists do not contain, because a highlight can refer to any
        field.
        """
        return bool(self._options["force"] or self._options["highlight"])

    def _fetch(self, stale: list[Task]) -> Iterator[list[tuple[Task, bytes]]]:
        """Request the drawings, and yield them in batches."""
        threads = DaemonThreads(self._options["max_workers"])
        try:
            for first in range(0, len(stale), BATCH):
                batch = stale[first : first + BATCH]
                futures = [
                    threads.submit(fetch_drawing, self._client, number, self._elevations[face])
                    for number, face, dummy in batch
                ]
                yield [(task, future.result().encode("utf-8")) for task, future in zip(batch, futures)]
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def _write(self, name: str, content: bytes, new: Manifest, source: str) -> None:
        self._files.write(name, content)
        new.files[name] = {"sha256": hash_bytes(content), "source": source}

    def _write_page(self, data: RackData, drawings: Mapping[tuple[int, str], Drawing], new: Manifest) -> None:
        """Write the page. The page contains the time when a file of the gallery was last changed."""
        unchanged = bool(new.generated) and not self._files.written
        if unchanged:
            content = self._render(data, drawings, new.generated)
            unchanged = self._files.read(PAGE) == content
        if not unchanged:
            new.generated = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
            content = self._render(data, drawings, new.generated)
        self._write(PAGE, content, new, "")

    def _render(self, data: RackData, drawings: Mapping[tuple[int, str], Drawing], generated: str) -> bytes:
        options = PageOptions(
            title=self._options["title"],
            faces=list(self._elevations),
            source=self._client.endpoint,
            generated=generated,
            devices=self._options["devices"],
            legend_width=self._options["legend_width"] or LEGEND_WIDTH,
        )
        return render_page(data, drawings, options).encode("utf-8")


def name_drawing(rack: Rack) -> str:
    """Return the first part of the file names of a rack's drawings.

    Letters and digits of all languages are kept. Characters that could form a path are replaced. The ID distinguishes
    racks, even on file systems that ignore case.
    """
    site = re.sub(r"[^\w.-]+", "_", str(rack.row["site"].get("slug")))[:30]
    name = re.sub(r"^[._-]+", "", re.sub(r"[^\w.-]+", "_", str(rack.row.get("name"))))[:40]
    return f"{re.sub(r'^[.]+', '', site)}-{name}-{rack.id}".encode("utf-8", "replace").decode()
