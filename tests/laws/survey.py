# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test a law with many examples, and list all kinds of contradictions.

A test stops at the first contradiction. This script tries all examples, and prints a small example of each kind.
"""

from __future__ import annotations

import argparse
import collections
import re
import typing as t

from ansible.plugins.loader import init_plugin_loader
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

init_plugin_loader()

from ansible_collections.netbox.cursor.tests.laws import laws, peer  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.configurations import (  # noqa: E402
    EARLIER,
    cases,
    configurations,
    mistakes,
    subsets,
)
from ansible_collections.netbox.cursor.tests.laws.estates import estates  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.reducing import reduced  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.rich import RICH  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.running import Mock  # noqa: E402

Example = tuple[t.Any, ...]


def _draw_case(data: st.DataObject, *more: st.SearchStrategy[t.Any], **settings: t.Any) -> Example:
    return (*data.draw(cases(**settings)), *(data.draw(each) for each in more))


def _draw_site(data: st.DataObject) -> Example:
    described = data.draw(estates())
    options = data.draw(configurations(described, with_filters=False))
    return described, options, data.draw(st.sampled_from([site["slug"] for site in described.sites] or ["site"]))


def _draw_mistakes(data: st.DataObject) -> Example:
    described = data.draw(estates())
    options = {**data.draw(configurations(described, strict=True)), **data.draw(mistakes())}
    return described, options, data.draw(EARLIER)


def _draw_rich(data: st.DataObject) -> Example:
    options = data.draw(configurations(RICH, with_filters=False))
    return RICH, {**options, "transport": data.draw(st.sampled_from(("rest", "graphql")))}


Law = tuple[t.Callable[..., list[str]], t.Callable[[st.DataObject], Example]]


LAWS: dict[str, Law] = {
    "7": (peer.contradictions, lambda data: data.draw(peer.peer_cases())),
    "1": (laws.transports_agree, _draw_case),
    "2": (laws.cache_keeps_all, lambda data: _draw_case(data, EARLIER)),
    "3": (laws.pages_do_not_matter, lambda data: _draw_case(data, st.sampled_from(("auto", "offset")))),
    "4": (laws.host_vars_select, lambda data: _draw_case(data, subsets(), EARLIER, with_filters=False)),
    "5": (laws.whole_objects_do_not_matter, _draw_case),
    "6": (laws.one_site_is_a_part, _draw_site),
    "8": (laws.arrival_does_not_matter, lambda data: _draw_case(data, st.permutations(laws.ENDPOINTS))),
    "9": (laws.errors_leave_nothing, _draw_mistakes),
    "10": (laws.nothing_is_read_in_vain, _draw_rich),
    "one": (laws.each_object_is_one_host, lambda data: _draw_case(data, EARLIER, with_filters=False)),
}


def kind_of(line: str) -> str:
    """Return the kind of a contradiction: its line without names and values."""
    about = re.match(r"(lost|host|variable|group|tree|empty group) .*?(?P<name>\S*): ours .*, theirs ", line)
    if about:
        return f"{about[1]} {about['name'] if about[1] == 'variable' else ''}"
    line = re.sub(r"^(host|group) '[^']*'", r"\1", line.partition(" != ")[0])
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+|\[.*|\{.*|http\S+", "…", line)[:110]


def survey(name: str, examples: int, number: int) -> None:
    law, draw = LAWS[name]
    tries: collections.Counter[str] = collections.Counter()
    smallest: dict[str, Example] = {}

    def kinds_of(example: Example) -> dict[str, str]:
        described, *others = example
        return {kind_of(line): line for line in reversed(law(Mock(described.netbox()), *others))}

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(st.data())
    def trying(data: st.DataObject) -> None:
        example = draw(data)
        tries["examples"] += 1
        for kind in kinds_of(example):
            tries[kind] += 1
            if kind not in smallest or len(repr(example)) < len(repr(smallest[kind])):
                smallest[kind] = example

    trying()
    for kind, number_of in tries.most_common():
        print(f"{number_of:6} {kind}")
        if kind in smallest:
            example = reduced(smallest[kind], lambda smaller, kind=kind: kind in kinds_of(smaller))  # type: ignore[misc]
            print(f"       {kinds_of(example)[kind][:600]}")
            print(f"       {', '.join(map(repr, example))}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("law", choices=sorted(LAWS))
    parser.add_argument("examples", nargs="?", type=int, default=200)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    arguments = parser.parse_args()
    survey(arguments.law, arguments.examples, arguments.seed)


if __name__ == "__main__":
    main()
