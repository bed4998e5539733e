# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For every fault, each operation ends soon, either with the correct result or with one clear error.

``TABLE`` contains the expected result for each fault and operation. To add an operation, add an entry to ``WAYS``. To
add a fault, add an entry to ``FAULTS``. Then add the expected results to the table. ``-s`` without ``-n`` prints the
table of the actual results, with a column for each operation that supports the fault. The security guide contains the
table in the form that ``as_rst`` returns. ``python tools/fault_table.py`` updates the guide.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import email.utils
import socket
import time
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._filters.server import Server
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http import deadlines
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import advice, explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._media.attachments import ENDPOINT as IMAGES
from ansible_collections.netbox.cursor.plugins.module_utils._media.attachments import Attachments
from ansible_collections.netbox.cursor.plugins.module_utils._media.copies import ImageCopies
from ansible_collections.netbox.cursor.plugins.module_utils._media.desired import DesiredImage
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import (
    ElevationOptions,
    fetch_drawing,
    fetch_units,
)
from ansible_collections.netbox.cursor.tests._timing import SOON
from ansible_collections.netbox.cursor.tests.stand_in import HERE, Fault, NetBox, serve

# Pages of 20 rows can be halved once, because no page is smaller than 10 rows.
ROWS, PAGE = 100, 20
# Modules use the default pages of 300 rows. These numbers of attachments and half units fill two pages.
MANY = 400
ELSEWHERE = "http://127.0.0.2:1/api/"
# A PNG of one pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@dataclasses.dataclass
class Way:
    """An operation. ``ask`` runs it with a client, and its result is ``right`` if there was no fault."""

    ask: Callable[[Client, Path], t.Any]
    right: Callable[[t.Any], bool]
    path: str = "/api/dcim/sites/"
    # Faults begin with the second request of this kind. Operations with one request do not have a second request, and
    # an upload follows two pages of existing attachments.
    after: int = 1
    pages: bool = True
    # Whether responses contain `next` and `count`.
    links: bool = False

    def knows(self, what: What) -> bool:
        return (self.pages or not what.lists) and (self.links or not what.links)


def rest(**options: t.Any) -> Way:
    def ask(client: Client, folder: Path) -> list[int]:
        with Pager(client, page_size=PAGE, **options) as pager:
            return [row["id"] for row in pager.rows("dcim/sites")]

    return Way(ask, lambda ids: bool(ids == list(range(1, ROWS + 1))), links=True)


def by_graphql(client: Client, folder: Path) -> list[int]:
    with Pager(client, page_size=PAGE) as pager:
        return [int(row["id"]) for row in GraphQL(pager).rows("site_list", parse("id name"))]


def upload(client: Client, folder: Path) -> str:
    """Ensures that the image is attached, under a different name in each test."""
    options = {"name": folder.name, "description": None, "src": None, "filename": None, "content_type": None}
    content = base64.b64encode(PICTURE).decode()
    desired = DesiredImage.from_options({**options, "content": content, "max_size": len(PICTURE)})
    attachments = Attachments(client, ImageCopies(client, [], lambda: client), "dcim.site", 1, print)
    return attachments.present(desired, compare="content", check=False, diff_bytes=0).action


def attached(netbox: NetBox, name: str) -> list[bytes]:
    """Return the images with this name."""
    rows = [row for row in netbox.table(IMAGES).values() if row["name"] == name]
    return [netbox.media[row["image"].removeprefix(HERE)] for row in rows]


WAYS = {
    "cursor": rest(max_workers=1),
    "split cursor": rest(max_workers=4),
    "offset": rest(max_workers=1, pagination="offset"),
    "threaded offset": rest(max_workers=4, pagination="offset"),
    "GraphQL": Way(by_graphql, lambda ids: bool(ids == list(range(1, ROWS + 1))), "/graphql/"),
    "schema": Way(
        lambda client, folder: Server(client, SchemaCache(folder)).parameters("dcim/sites"),
        lambda names: "slug" in names,
        "/api/schema/",
        after=0,
        pages=False,
    ),
    "image upload": Way(upload, lambda action: action in ("added", "left"), f"/api/{IMAGES}/", after=2, links=True),
    "elevation as SVG": Way(
        lambda client, folder: fetch_drawing(client, 1, ElevationOptions("svg", "front")),
        lambda text: text.startswith("<svg") and text.endswith("</svg>") and text.count('class="unit"') == MANY / 2,
        "/api/dcim/racks/1/elevation/",
        after=0,
        pages=False,
    ),
    "elevation as JSON": Way(
        lambda client, folder: [unit["id"] for unit in fetch_units(client, 1, ElevationOptions("json", "front"))],
        lambda ids: bool(ids == [1 + half / 2 for half in reversed(range(MANY))]),
        "/api/dcim/racks/1/elevation/",
        links=True,
    ),
}


def date(seconds: float) -> str:
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return email.utils.format_datetime(when, usegmt=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclasses.dataclass
class What:
    """A fault in a response (``kind`` and ``argument`` of a fault in the mock NetBox), or in the connection to the
    server."""

    kind: str = ""
    argument: t.Any = None
    retry_after: str | None = None
    # NetBox processes the request, and only the response is lost.
    done: bool = False
    # Whether the fault applies only to lists, or only to REST lists.
    lists: bool = False
    links: bool = False
    # Faults in the connection: the URL, a proxy, and the token's user.
    address: str | None = None
    proxy: str | None = None
    token: str = ""
    tls: bool = False
    options: dict[str, t.Any] = dataclasses.field(default_factory=dict)


SHORT = {"timeout": 0.3}
FAULTS = {
    "connection refused": What(address=f"http://127.0.0.1:{free_port()}"),
    "reset": What("reset"),
    "reset in the body": What("reset_body"),
    "cut body": What("cut"),
    "Content-Length too small": What("wrong_length", 10),
    "Content-Length too large": What("wrong_length", -10),
    "slow drip": What("drip", 0.05, options=SHORT),
    "read time-out": What("slow", 1, options=SHORT),
    "429, Retry-After: 1": What("status", 429, retry_after="1"),
    "429, Retry-After: date": What("status", 429, retry_after=date(5)),
    "500": What("status", 500),
    "502": What("status", 502),
    "503": What("status", 503),
    "504": What("status", 504),
    "HTML with 200": What("html"),
    "redirect to the login": What("redirect", "/login/?next=/api/"),
    "redirect to a host": What("redirect", ELSEWHERE),
    "redirect to http": What("redirect", "http://{host}{path}", tls=True),
    "redirect to itself": What("redirect"),
    "empty body": What("empty"),
    "not UTF-8": What("not_utf8"),
    "not JSON": What("not_json"),
    "other JSON": What("other_json"),
    "next to another host": What("next_elsewhere", ELSEWHERE, links=True),
    "next loops": What("next_loops", links=True),
    "count too high": What("count", 1000, links=True),
    "count too low": What("count", -50, links=True),
    "page too long": What("long_page", 3, lists=True),
    "ids repeated": What("repeated", lists=True),
    "ids out of order": What("disordered", lists=True),
    "token revoked": What(token="revoked"),
    "permission removed": What(token="limited"),
    "certificate wrong": What(tls=True, options={"verify": True}),
    "DNS wrong": What(address="http://netbox.invalid"),
    "proxy wrong": What(proxy=f"http://127.0.0.1:{free_port()}"),
}


@pytest.fixture(scope="module")
def plain() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        fill(netbox)
        yield netbox


@pytest.fixture(scope="module")
def secure() -> Iterator[NetBox]:
    with serve(version="4.6", tls=True) as netbox:
        fill(netbox)
        yield netbox


def fill(netbox: NetBox) -> None:
    row = next(iter(netbox.table("dcim/sites").values()))
    sites = {number: {**row, "id": number, "name": f"site {number}"} for number in range(1, ROWS + 1)}
    netbox.table("dcim/sites").replace(sites)
    netbox.table("dcim/racks")[1]["u_height"] = MANY // 2
    there = {**next(iter(netbox.table(IMAGES).values())), "object_type": "dcim.site", "object_id": 1}
    netbox.table(IMAGES).replace({number: {**there, "id": number, "name": f"{number}"} for number in range(1, MANY)})


def cell(netbox: NetBox, what: What, way: Way, once: bool, folder: Path) -> str:
    """Return the result: ``rows``, or the name of the error."""
    host = netbox.url.partition("//")[2]
    tokens = dict(netbox.tokens)
    token = tokens["v1"]
    if what.kind:
        argument = what.argument
        if isinstance(argument, str):
            argument = argument.format(host=host, path=way.path)
        fault = Fault(what.kind, argument, path=way.path, after=way.after, times=1 if once else None)
        fault.retry_after, fault.done = what.retry_after, what.done
        # Exclude the small request for the number of rows, which is allowed to fail.
        fault.limit_above = 1 if way.pages else None
        netbox.faults.append(fault)
    elif what.token:

        def take_away(received: t.Any) -> None:
            if sum(one.path == way.path for one in netbox.requests) > way.after:
                netbox.tokens["v1"] = "another"
                netbox.tokens["limited"] = token if what.token == "limited" else "another"

        netbox.hooks.append(take_away)
    netbox.requests.clear()
    address = what.address or netbox.url
    options: dict[str, t.Any] = {"retries": 2, "timeout": 20, "verify": netbox.ca_path or True, **what.options}
    lines: list[str] = []
    began = time.monotonic()
    client = Client(
        address, token, sleep=lambda seconds: None, log=lambda verbosity, line: lines.append(line), **options
    )
    try:
        with client:
            result = way.ask(client, folder)
        assert way.right(result), f"neither the right rows nor an error: {result}"
        outcome = "rows"
    except NetBoxError as error:
        outcome = type(error).__name__
        said = explain(error)
        lines.append(said)
        assert "\n" not in said
        assert advice(error) or outcome == "UsageError"
    finally:
        # Keep this order, because requests whose results are not needed can still arrive.
        netbox.hooks.clear()
        netbox.faults.clear()
        netbox.tokens.update(tokens)
    assert time.monotonic() - began < SOON
    assert not [line for line in lines if token in line]
    return outcome


# The fault, the time (once at the second request of a kind, or from then on), and the result: ``rows`` if the result is
# correct, or the error. Operations with a different result follow after semicolons. Operations without this fault are
# omitted.
TABLE = """
connection refused       | then on | Unreachable
reset                    | once    | rows; image upload: ConnectionLost
reset                    | then on | ConnectionLost
reset in the body        | once    | rows
reset in the body        | then on | ConnectionLost
cut body                 | once    | rows
cut body                 | then on | ConnectionLost
Content-Length too small | once    | rows
Content-Length too small | then on | ConnectionLost
Content-Length too large | once    | rows
Content-Length too large | then on | ConnectionLost
slow drip                | once    | rows
slow drip                | then on | TimedOut
read time-out            | once    | rows
read time-out            | then on | TimedOut
429, Retry-After: 1      | once    | rows
429, Retry-After: 1      | then on | TooManyRequests
429, Retry-After: date   | once    | rows
429, Retry-After: date   | then on | TooManyRequests
500                      | once    | rows; schema, image upload, elevation as SVG: ServerFailed
500                      | then on | ServerFailed
502                      | once    | rows; image upload: ServerFailed
502                      | then on | ServerFailed
503                      | once    | rows; image upload: ServerFailed
503                      | then on | ServerFailed
504                      | once    | rows; image upload: ServerFailed
504                      | then on | ServerFailed
HTML with 200            | once    | rows; image upload, elevation as SVG: UnexpectedAnswer
HTML with 200            | then on | UnexpectedAnswer
redirect to the login    | once    | AccessDenied
redirect to the login    | then on | AccessDenied
redirect to a host       | once    | Redirected
redirect to a host       | then on | Redirected
redirect to http         | once    | Redirected
redirect to http         | then on | Redirected
redirect to itself       | once    | rows; GraphQL, image upload: Redirected
redirect to itself       | then on | Redirected
empty body               | once    | rows; image upload: ConnectionLost
empty body               | then on | ConnectionLost
not UTF-8                | once    | rows; image upload: ConnectionLost
not UTF-8                | then on | ConnectionLost
not JSON                 | once    | rows; image upload: ConnectionLost
not JSON                 | then on | ConnectionLost
other JSON               | once    | UnexpectedAnswer
other JSON               | then on | UnexpectedAnswer
next to another host     | once    | rows
next to another host     | then on | rows
next loops               | once    | UnexpectedAnswer; offset, threaded offset, elevation as JSON: rows
next loops               | then on | UnexpectedAnswer; offset, threaded offset, elevation as JSON: rows
count too high           | once    | rows
count too high           | then on | rows; offset, threaded offset: IncompleteList
count too low            | once    | rows
count too low            | then on | rows
page too long            | once    | rows
page too long            | then on | rows
ids repeated             | once    | rows
ids repeated             | then on | rows
ids out of order         | once    | UnexpectedAnswer; offset, threaded offset, elevation as JSON: IncompleteList
ids out of order         | then on | UnexpectedAnswer; offset, threaded offset, elevation as JSON: IncompleteList
token revoked            | then on | AccessDenied; schema: rows
permission removed       | then on | AccessDenied; GraphQL: IncompleteList; schema: rows
certificate wrong        | then on | TLSFailed
DNS wrong                | then on | Unreachable
proxy wrong              | then on | Unreachable
"""
EXPECTED: dict[tuple[str, str], str] = {}
CELLS: list[tuple[str, str, str, str]] = []
for _line in TABLE.strip().splitlines():
    _fault, _when, _text = (part.strip() for part in _line.split(" | "))
    EXPECTED[_fault, _when] = _text
    _common, *_others = _text.split("; ")
    _outcomes = {name: _common for name, way in WAYS.items() if way.knows(FAULTS[_fault])}
    for _other in _others:
        _names, _outcome = _other.split(": ")
        assert set(_names.split(", ")) <= set(_outcomes), _line
        _outcomes.update(dict.fromkeys(_names.split(", "), _outcome))
    CELLS += [(_fault, _when, name, outcome) for name, outcome in _outcomes.items()]


def as_rst() -> str:
    """Return the table in the form of the documentation."""
    lines = [
        ".. list-table::",
        "  :header-rows: 1",
        "",
        "  * - Fault",
        "    - Once, in the middle",
        "    - From then on",
    ]
    for fault in FAULTS:
        lines.append(f"  * - {fault}")
        lines += [f"    - {EXPECTED.get((fault, when), '')}".rstrip() for when in ("once", "then on")]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def came_out() -> Iterator[dict[tuple[str, str], list[str]]]:
    """Collect the result of each fault, and print all results at the end."""
    table: dict[tuple[str, str], list[str]] = {}
    yield table
    print()
    for (fault, when), outcomes in table.items():
        print(f"{fault:24} | {when:7} | {' '.join(outcomes)}")


def it_is_attached_once(netbox: NetBox, folder: Path, sure: bool) -> None:
    """Check that the image is attached if the upload succeeded (``sure``), and in any case after another run."""
    while netbox.at_once:
        time.sleep(0.01)  # requests that the client canceled can still arrive
    assert attached(netbox, folder.name) in ([[PICTURE]] if sure else [[PICTURE], []])
    with Client(netbox.url, netbox.tokens["v1"], verify=netbox.ca_path or True) as client:
        upload(client, folder)
    assert attached(netbox, folder.name) == [PICTURE]


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "when", "way", "outcome"), CELLS)
def test_it_ends_soon_in_the_right_rows_or_in_one_clear_error(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    came_out: dict[tuple[str, str], list[str]],
    fault: str,
    when: str,
    way: str,
    outcome: str,
) -> None:
    what = FAULTS[fault]
    netbox = request.getfixturevalue("secure" if what.tls else "plain")
    monkeypatch.setattr(deadlines, "TIMEOUTS_PER_RESPONSE", 2)
    for name in ("no_proxy", "NO_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    if what.proxy:
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("http_proxy", what.proxy)
    result = cell(netbox, what, WAYS[way], when == "once", tmp_path)
    came_out.setdefault((fault, when), []).append(result)
    if way == "image upload":
        monkeypatch.delenv("http_proxy", raising=False)
        it_is_attached_once(netbox, tmp_path, sure=result == "rows")
    assert result == outcome


@pytest.mark.parametrize(
    "fault",
    ["reset", "500", "502", "503", "504", "HTML with 200", "empty body", "not UTF-8", "not JSON", "other JSON"],
)
def test_an_upload_that_is_done_and_whose_answer_is_lost_is_found(plain: NetBox, tmp_path: Path, fault: str) -> None:
    what = dataclasses.replace(FAULTS[fault], done=True)
    assert cell(plain, what, WAYS["image upload"], True, tmp_path) == "rows"
    assert sum(request.method == "POST" for request in plain.requests) == 1
    it_is_attached_once(plain, tmp_path, sure=True)


def test_each_fault_is_tried_in_each_way_that_knows_it() -> None:
    tried = {(fault, way) for fault, dummy, way, dummy in CELLS}
    assert tried == {(fault, way) for fault in FAULTS for way in WAYS if WAYS[way].knows(FAULTS[fault])}


def test_the_documentation_shows_this_table() -> None:
    guide = Path(__file__).resolve().parents[4] / "docs" / "docsite" / "rst" / "security_guide.rst"
    assert as_rst() in guide.read_text(encoding="utf-8")
