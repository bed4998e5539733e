# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GraphQL behavior that the recordings do not contain. Real servers with the recorded estate returned these
responses."""

from __future__ import annotations

import time
import typing as t

import pytest
import requests

from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve
from ansible_collections.netbox.cursor.tests.stand_in._written import Written

from .conftest import Client

START_UNKNOWN = "Field 'start' is not defined by type 'OffsetPaginationInput'."
TOO_BIG = "Int cannot represent non 32-bit signed integer value: 2147483648"
WITHOUT_SITE = "Cannot return null for non-nullable field DeviceType.site."


def list_of(client: Client, name: str, arguments: str = "", fields: str = "id", **variables: t.Any) -> t.Any:
    answer = client.ask(f"{variables.pop('head', '')}{{{name}{arguments and f'({arguments})'}{{{fields}}}}}", variables)
    assert "errors" not in answer
    return answer["data"][name]


def ids_of(client: Client, name: str, arguments: str = "", **variables: t.Any) -> list[int]:
    return [int(row["id"]) for row in list_of(client, name, arguments, **variables)]


def message(client: Client, query: str, variables: t.Any = None) -> str:
    answer = client.ask(query, variables)
    assert answer["data"] is None
    assert len(answer["errors"]) == 1
    told: str = answer["errors"][0]["message"]
    return told


# Who may ask.


def post_as(netbox: NetBox, authorization: str | None, accept: str) -> requests.Response:
    headers = {"Accept": accept, **({"Authorization": authorization} if authorization else {})}
    asked = {"query": "{site_list{id}}"}
    return requests.post(f"{netbox.url}/graphql/", json=asked, headers=headers, allow_redirects=False, timeout=30)


@pytest.mark.parametrize(
    ("authorization", "accept", "status", "text"),
    [
        (None, "application/json", 403, "No credentials provided."),
        ("Basic abc", "application/json", 403, "No credentials provided."),
        (None, "*/*", 302, ""),
        ("Token " + "0" * 40, "application/json", 403, "Invalid v1 token"),
        (
            "Token",
            "application/json",
            403,
            'Invalid authorization header: Must be in the form "Bearer <key>.<token>" or "Token <token>"',
        ),
    ],
)
def test_strangers_are_refused_in_plain_text(
    netbox: NetBox, authorization: str | None, accept: str, status: int, text: str
) -> None:
    answer = post_as(netbox, authorization, accept)

    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers.get("Location") == ("/login/?next=/graphql/" if status == 302 else None)


def test_an_api_that_is_off_is_not_found(client: Client) -> None:
    client.netbox.settings.graphql = False

    answer = client.post("{site_list{id}}")

    assert (answer.status_code, answer.text) == (404, "The GraphQL API is not enabled.")


def test_answers_do_not_tell_the_version(client: Client) -> None:
    assert "API-Version" not in client.post("{site_list{id}}").headers


def test_user_without_permission_sees_no_objects(client: Client) -> None:
    client.session.headers["Authorization"] = f"Token {client.netbox.tokens['limited']}"

    assert ids_of(client, "site_list") == []
    rows = list_of(client, "device_list", "pagination:{start:1,limit:1}", "id tenant{slug} tags{slug} interfaces{id}")
    assert rows == [{"id": "1", "tenant": None, "tags": [], "interfaces": []}]
    assert message(client, "{site(id:1){id}}") == "Site matching query does not exist."
    assert client.ask("{device_list(pagination:{start:1}){id site{slug}}}") == {
        "data": None,
        "errors": [
            {
                "message": WITHOUT_SITE,
                "locations": [{"line": 1, "column": 39}],
                "path": ["device_list", 0, "site"],
            }
        ],
    }


# Invalid queries.


@pytest.mark.parametrize(
    ("query", "variables", "told"),
    [
        (
            "{device_list(filters:{bogus:1}){id}}",
            None,
            "Field 'bogus' is not defined by type 'DeviceFilter'. Did you mean 'tags'?",
        ),
        ("{device_list(filters:{id:1}){id}}", None, "Expected value of type 'IDComparisonFilterLookup', found 1."),
        ('{device_list(filters:{id:{exact:"x"}}){id}}', None, "Field 'id' expected a number but got 'x'."),
        ('{device_list(filters:{site_id:"x"}){id}}', None, "Field 'id' expected a number but got 'x'."),
        ("{device_list(pagination:{start:2147483648}){id}}", None, TOO_BIG),
        (
            "query($s:Int){device_list(pagination:{start:$s}){id}}",
            {"s": 2147483648},
            f"Variable '$s' got invalid value 2147483648; {TOO_BIG}",
        ),
        ("{device_list(pagination:{offset:-1}){id}}", None, "Negative indexing is not supported."),
        ("{device(id:9999){id}}", None, "Device matching query does not exist."),
        ('{device(id:"x"){id}}', None, "Field 'id' expected a number but got 'x'."),
        ("{device_list{id ...{name}}}", None, "'NoneType' object has no attribute 'name'"),
        ("mutation{x}", None, "Schema is not configured to execute mutation operation."),
        (f"{{{' '.join(f'a{n}:site_list{{id}}' for n in range(11))}}}", None, "11 aliases found. Allowed: 10"),
    ],
)
def test_invalid_query_returns_the_message_of_netbox(client: Client, query: str, variables: t.Any, told: str) -> None:
    assert message(client, query, variables) == told


def test_a_wrong_page_of_a_nested_list_is_the_fault_of_the_whole_list(client: Client) -> None:
    answer = client.ask("{device_list{id interfaces(pagination:{start:5,offset:2}){id}}}")

    told = "Cannot specify both `start` and `offset` in pagination."
    assert answer["errors"] == [{"message": told, "locations": [{"line": 1, "column": 2}], "path": ["device_list"]}]


def test_servers_before_4_5_2_have_no_start() -> None:
    with serve(version="4.5", graphql_start=False) as netbox:
        client = Client(netbox)
        assert message(client, "{device_list(pagination:{start:1}){id}}") == START_UNKNOWN
        assert ids_of(client, "device_list", "pagination:{offset:2,limit:2}") == [8, 7]
        client.session.close()


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        ("no JSON", "application/json", "Unable to parse request body as JSON"),
        ("[1]", "application/json", "Batching is not enabled"),
        ("{}", "application/json", "No GraphQL query found in the request"),
        ("{}", "text/plain", "Unsupported content type"),
        (
            '{"query":"{site_list{id}}","variables":[1]}',
            "application/json",
            "The GraphQL operation's `variables` must be an object or null, if provided.",
        ),
    ],
)
def test_invalid_query_body_returns_bad_request(client: Client, body: str, content_type: str, told: str) -> None:
    url = f"{client.netbox.url}/graphql/"
    answer = client.session.post(url, data=body, headers={"Content-Type": content_type}, timeout=30)

    assert (answer.status_code, answer.text) == (400, told)


# Pages.


def test_no_page_is_longer_than_the_servers_maximum(client: Client) -> None:
    client.netbox.settings.max_page_size = 3

    for pagination in ("start:1,limit:5", "start:1", "start:1,limit:0", "start:1,limit:-1"):
        assert ids_of(client, "device_list", f"pagination:{{{pagination}}}") == [1, 2, 3]
    assert ids_of(client, "device_list") == [11, 10, 8]
    nested = list_of(client, "device_list", "pagination:{start:1,limit:1}", "interfaces{id}")
    assert len(nested[0]["interfaces"]) == 3


def test_nested_lists_have_pages_and_filters(client: Client) -> None:
    def nested(arguments: str) -> list[str]:
        rows = list_of(client, "device_list", "pagination:{start:1,limit:1}", f"interfaces({arguments}){{name}}")
        return [row["name"] for row in rows[0]["interfaces"]]

    assert nested("pagination:{limit:2}") == ["eth1/1", "eth1/2"]
    assert nested("pagination:{offset:1,limit:1}") == ["eth1/2"]
    assert nested("pagination:{start:0,limit:1}") == ["mgmt0"]
    assert nested('filters:{name:{regex:"(t0|1/1)$"}}') == ["eth1/1", "mgmt0"]


def test_a_cursor_finds_every_row_of_a_made_up_estate_once() -> None:
    with serve(version="4.6", estate=300, interfaces=2) as netbox:
        client = Client(netbox)
        del netbox.table("dcim/interfaces")[250]
        found: list[int] = []
        start = 0
        while page := ids_of(client, "interface_list", f"pagination:{{start:{start},limit:100}}"):
            found += page
            start = page[-1] + 1
        client.session.close()

    assert found == [pk for pk in range(1, 601) if pk != 250]


# Filters.


@pytest.mark.parametrize(
    ("name", "filters", "ids"),
    [
        ("device", 'id:{gte:3,lt:"5"}', [3, 4]),
        ("device", "id:{range:{start:3,end:5}}", [3, 4, 5]),
        ("device", "id:{in_list:[]}", []),
        ("device", 'site_id:"1"', [1, 3, 4, 6]),
        ("device", 'site_id:"999"', []),
        ("device", "site:{id:{in_list:[2,3]}}", [2, 5, 8, 9, 10, 11, 12, 13, 14]),
        ("device", 'site:{region:{name:{exact:"Berlin"}}}', [1, 3, 4, 6]),
        ("device", 'name:{i_contains:"LEAF"}', [1, 2]),
        ("device", "name:{is_null:true}", [6]),
        ("device", "status:{exact:STATUS_STAGED}", [2]),
        ("device", 'tags:{slug:{exact:"edge"}}', [1]),
        ("device", 'role:{slug:{exact:"leaf"}}', [1, 2]),
        ("device", 'OR:{name:{exact:"leaf1"}} name:{exact:"leaf2"}', [1, 2]),
        ("device", "id:{in_list:[1,2,3]} NOT:{id:{exact:2}}", [1, 3]),
        ("device", 'AND:{name:{exact:"leaf1"}} site_id:"1"', [1]),
        ("device", 'location_id:{id:"1",match_type:DESCENDANTS}', [1, 6]),
        ("device", 'location_id:{id:"1",match_type:SELF_AND_DESCENDANTS}', [1, 3, 6]),
        ("device", 'custom_field_data:{path:"tier",lookup:{string_lookup:{exact:"t1"}}}', [1]),
        ("device", 'primary_ip4:{address:{starts_with:"192.0.2.11"}}', [1]),
        ("interface", 'device_id:"1" type:{exact:TYPE_1000BASE_T} name:{exact:"mgmt0"}', [1]),
        ("interface", "device:{id:{in_list:[1,2]}} mgmt_only:{exact:true}", [1, 2]),
        ("interface", 'ip_addresses:{dns_name:{starts_with:"leaf1."}}', [1]),
        ("vm_interface", 'virtual_machine_id:"1"', [1]),
        ("ip_address", "family:FAMILY_6", [3, 6]),
        ("service", 'parent_object_type:{model:{exact:"virtualmachine"}}', [3]),
    ],
)
def test_filters_choose_as_a_real_netbox_does(client: Client, name: str, filters: str, ids: list[int]) -> None:
    assert ids_of(client, f"{name}_list", f"filters:{{{filters}}} pagination:{{start:0}}") == ids


def test_a_row_is_repeated_for_each_of_its_tags_that_match(client: Client) -> None:
    tags = 'tags:{slug:{in_list:["edge","pci"]}}'

    assert ids_of(client, "device_list", f"filters:{{{tags}}}") == [1, 1]
    assert ids_of(client, "device_list", f"filters:{{{tags}}} pagination:{{start:0,limit:1}}") == [1]
    assert ids_of(client, "device_list", f"filters:{{{tags} DISTINCT:true}}") == [1]
    assert ids_of(client, "device_list", f"filters:{{{tags} OR:{{id:{{exact:2}}}}}}") == [1, 1, 2]


@pytest.mark.parametrize("variables", [{}, {"ids": None}])
def test_a_filter_that_is_null_is_none(client: Client, variables: t.Any) -> None:
    head = "query($ids:[ID!])"

    assert len(ids_of(client, "device_list", "filters:{id:{in_list:$ids}}", head=head, **variables)) == 14
    assert len(ids_of(client, "device_list", "filters:{site_id:null}")) == 14


# What is shown.


def test_variables_fragments_and_directives(client: Client) -> None:
    query = """
        query Other{site_list{id}}
        query Wanted($p:OffsetPaginationInput $more:Boolean=false) {
            devices: device_list(pagination:$p) { ...Named site{slug} site{id} status @include(if:$more) __typename }
        }
        fragment Named on DeviceType { id n: name }
    """
    asked = {"query": query, "operationName": "Wanted", "variables": {"p": {"start": 1, "limit": 1}}}

    answer = client.session.post(f"{client.netbox.url}/graphql/", json=asked, timeout=30).json()

    shown = {"id": "1", "n": "leaf1", "site": {"slug": "berlin-1", "id": "1"}, "__typename": "DeviceType"}
    assert answer == {"data": {"devices": [shown]}}


def test_the_schema_can_be_asked_for(client: Client) -> None:
    query = 'query($n:String!){kind:__type(name:$n){name} __type(name:"Nothing"){name} site(id:1){id}}'

    assert client.ask(query, {"n": "DeviceType"})["data"] == {
        "kind": {"name": "DeviceType"},
        "__type": None,
        "site": {"id": "1"},
    }


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_custom_fields_are_as_each_version_writes_them(version: str) -> None:
    with serve(version=version) as netbox:
        client = Client(netbox)
        fields = list_of(client, "device_list", "filters:{id:{exact:2}}", "custom_fields custom_field_data")[0]
        client.session.close()

    stored = {"depends_on": 1, "monitored": False, "tier": "t2"}
    empty = dict.fromkeys(("asset_class", "extra", "install_date", "owners", "tiers", "weight_kg"))
    assert fields["custom_field_data"] == stored
    assert (
        fields["custom_fields"]
        == {
            "4.5": stored,
            "4.6": {**stored, **empty},
            "4.7": {**stored, **empty, "tier": {"value": "t2", "label": "Tier 2"}},
        }[version]
    )


def test_a_made_up_estate_says_the_same_by_both_apis() -> None:
    with serve(version="4.6", estate=40, interfaces=2) as netbox:
        client = Client(netbox)
        rest = client.get("/api/dcim/devices/?limit=1000&start=0").json()["results"]
        fields = "id name site{slug} platform{slug} tags{slug} primary_ip4{address} interfaces{name}"
        shown = list_of(client, "device_list", "pagination:{start:0}", fields)
        client.session.close()

    assert shown == [
        {
            "id": str(row["id"]),
            "name": row["name"],
            "site": {"slug": row["site"]["slug"]},
            "platform": row["platform"] and {"slug": row["platform"]["slug"]},
            "tags": [{"slug": tag["slug"]} for tag in sorted(row["tags"], key=lambda tag: tag["name"])],
            "primary_ip4": row["primary_ip4"] and {"address": row["primary_ip4"]["address"]},
            "interfaces": [{"name": "eth1/1"}, {"name": "mgmt0"}],
        }
        for row in rest
    ]


def test_rows_that_tests_make_need_no_more_than_a_name(client: Client) -> None:
    added = client.netbox.table("dcim/regions").add(name="New")

    query = f"id:{{exact:{added['id']}}}"
    fields = "id name description parent{id} sites{id} tags{id} custom_fields last_updated"
    answer = client.ask(f"{{region_list(filters:{{{query}}}){{{fields}}}}}")
    assert answer["errors"][0]["message"] == "Cannot return null for non-nullable field RegionType.description."
    rows = list_of(client, "region_list", f"filters:{{{query}}}", fields.replace("description", ""))
    shown: dict[str, t.Any] = {"parent": None, "sites": [], "tags": [], "custom_fields": {}, "last_updated": None}
    assert rows == [{"id": str(added["id"]), "name": "New", **shown}]


@pytest.mark.parametrize("filters", ["", 'tags:{slug:{exact:"core"}}', 'virtual_machine:{name:{exact:"x"}}'])
def test_lists_may_be_empty(filters: str) -> None:
    with serve(version="4.6", estate=10) as netbox:
        client = Client(netbox)
        arguments = filters and f"filters:{{{filters}}}"
        fields = "id tags{slug} virtual_machine{name interfaces{id ip_addresses{id}} virtualdisks{id} services{id}}"
        assert list_of(client, "virtual_disk_list", arguments, fields) == []
        client.session.close()


# Values that tests can read and change.


def test_graphql_requests_are_recorded(client: Client) -> None:
    client.ask("query($n:Int){device_list(pagination:{limit:$n}){id} site_list{id}}", {"n": 5})

    received = client.netbox.requests[-1]
    assert (received.method, received.path, received.status, received.rows) == ("POST", "/graphql/", 200, 9)
    assert received.json["variables"] == {"n": 5}


@pytest.mark.parametrize(
    ("pagination", "variables", "status"),
    [
        ("{start:0,limit:3}", {}, 200),
        ("{start:0,limit:4}", {}, 504),
        ("{start:0,limit:$n}", {"n": 4}, 504),
        ("{start:0}", {}, 504),
    ],
)
def test_faults_know_how_many_rows_are_asked_for(
    client: Client, pagination: str, variables: dict[str, int], status: int
) -> None:
    client.netbox.faults.append(Fault("slow_above", path="/graphql/", limit_above=3))

    head = "query($n:Int)" if variables else ""
    assert client.post(f"{head}{{device_list(pagination:{pagination}){{id}}}}", variables).status_code == status


def test_cpu_time_of_a_real_netbox_is_added_up(client: Client) -> None:
    client.get("/api/dcim/devices/?limit=10&start=0")
    client.get("/api/dcim/devices/?limit=10&start=0&fields=id,name,site,tags,primary_ip4")
    client.ask("{device_list(pagination:{start:0,limit:10}){id site{slug} tags{slug} config_context}}")

    rest = 2 * 50 + 10 * 1.4 + 10 * (0.07 + 0.09 + 0.22 + 0.04)
    graphql = 10 + 10 * (0.05 + 0.03 + 0.25 + 0.14)
    assert client.netbox.cost == pytest.approx({"rest": rest / 1000, "graphql": graphql / 1000})
    told = requests.get(f"{client.netbox.url}/mock/cost", timeout=30).json()
    assert told == client.netbox.cost


def test_objects_in_objects_cost_each_time(client: Client) -> None:
    client.ask("{device_list(pagination:{start:1,limit:2}){device_type{manufacturer{slug}}}}")

    assert client.netbox.cost["graphql"] == pytest.approx(0.01 + 2 * (0.05 + 0.03 + 0.03) / 1000)


def test_rows_can_take_as_long_as_those_of_a_real_netbox(client: Client) -> None:
    client.netbox.settings.cost_factor = 30

    began = time.monotonic()
    client.ask("{ip_address_list(pagination:{start:0,limit:10}){id}}")

    assert time.monotonic() - began >= 0.3


def test_rows_before_a_page_by_offset_cost_most_where_config_contexts_come_with_it(client: Client) -> None:
    costs = []
    for query in ("offset=10&brief=1", "offset=10&fields=id", "offset=10&fields=id&exclude=config_context"):
        before = client.netbox.cost["rest"]
        client.get(f"/api/dcim/devices/?limit=1&{query}")
        costs.append(client.netbox.cost["rest"] - before)

    request_and_row = 0.05 + 0.07 / 1000
    skipped = [cost - request_and_row for cost in costs]
    assert skipped == pytest.approx([10 * price / 1000 for price in (0.0006, 0.05, 0.0006)])


def test_rows_kept_as_they_were_written_come_and_cost_as_before(client: Client) -> None:
    query = "{device_list(pagination:{start:%d,limit:4}){id name site{slug} tags{slug}}}"

    def ask(start: int) -> tuple[t.Any, t.Any, float]:
        before = sum(client.netbox.cost.values())
        listed = client.get(f"/api/dcim/devices/?start={start}&limit=4&fields=id,name,site").json()["results"]
        answer = client.ask(query % start)
        return listed, answer, sum(client.netbox.cost.values()) - before

    plain = [ask(start) for start in (0, 2)]
    client.netbox.written = Written()
    for dummy in range(2):
        for start, (listed, answer, cost) in zip((0, 2), plain):
            assert ask(start)[:2] == (listed, answer)
            assert ask(start)[2] == pytest.approx(cost)
