# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Analyze and evaluate the user's Jinja expressions."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable, Mapping

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.host import Host
from ansible.plugins.inventory import to_safe_group_name
from ansible.utils.path import basedir
from jinja2 import nodes
from jinja2.environment import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import RESERVED
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import text_of
from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import mark_unsafe

# Names that Ansible and Jinja define themselves. They are never NetBox fields.
NOT_FIELDS = frozenset(
    (
        *("cycler", "dict", "finalize", "groups", "group_names", "hostvars", "inventory_dir", "inventory_file"),
        *("inventory_hostname", "inventory_hostname_short", "joiner", "lipsum", "lookup", "namespace", "netbox"),
        *("now", "omit", "play_hosts", "playbook_dir", "q", "query", "range", "undef", "vars"),
    )
)
# An expression that uses any of these names can read every variable.
READS_ANYTHING = frozenset({"hostvars", "lookup", "q", "query", "vars"})


@dataclasses.dataclass
class Needs:
    """The variables and fields that expressions need.

    * ``names``: the names of variables or object fields.
    * ``first``: the names that refer to a field even if there is also a variable with the same name.
    * ``members``: the object fields that expressions use as ``netbox.<field>``.
    * ``whole``: whether expressions need the object with all its fields.
    * ``everything``: whether expressions can read any variable.
    """

    names: set[str] = dataclasses.field(default_factory=set)
    first: set[str] = dataclasses.field(default_factory=set)
    members: set[str] = dataclasses.field(default_factory=set)
    whole: bool = False
    everything: bool = False

    def add(self, other: Needs) -> None:
        """Add the needs of another expression, except ``first``."""
        self.names |= other.names
        self.members |= other.members
        self.whole |= other.whole
        self.everything |= other.everything


@dataclasses.dataclass(frozen=True)
class Expressions:
    """The options ``hostnames``, ``compose``, ``groups``, and ``keyed_groups``."""

    hostnames: tuple[str, ...] = ()
    compose: Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    groups: Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    keyed_groups: tuple[Mapping[str, t.Any], ...] = ()

    @classmethod
    def read(cls, option: Callable[[str], t.Any]) -> Expressions:
        """Return the expressions in the options. Raise :class:`UsageError` if an option has the wrong form."""
        keyed = option("keyed_groups") or []
        for entry in keyed:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("key"), str) or not entry["key"].strip():
                raise UsageError(f"keyed_groups: {entry!r} must be a dictionary with a Jinja expression in 'key'.")
            if not isinstance(entry.get("parent_group") or "", str):
                raise UsageError(f"keyed_groups: parent_group must be a string, not {entry['parent_group']!r}.")
        for name in ("compose", "groups"):
            if not isinstance(option(name) or {}, Mapping):
                raise UsageError(f"{name} must be a dictionary of Jinja expressions.")
            for key in option(name) or {}:
                if not isinstance(key, str):
                    raise UsageError(f"{name}: {key!r} must be a string. Put it in quotes.")
        # Do not convert these objects. On ansible-core 2.19 and later, they contain marks for trusted templates.
        hostnames = tuple(option("hostnames") or ())
        for entry in hostnames:
            if not isinstance(entry, str) or not entry.strip():
                raise UsageError(f"hostnames: {entry!r} must be a Jinja expression.")
        return cls(hostnames, option("compose") or {}, option("groups") or {}, tuple(keyed))

    def __bool__(self) -> bool:
        """Return whether there are expressions to evaluate after host names are determined."""
        return bool(self.compose or self.groups or self.keyed_groups)

    def needs(self) -> Needs:
        """Return the combined needs of all expressions."""
        needs = Needs()
        for text in (*self.hostnames, *self.compose.values()):
            found = _needs_of(str(text))
            needs.add(found)
            needs.first |= found.names
        for text in (*self.groups.values(), *(entry["key"] for entry in self.keyed_groups)):
            needs.add(_needs_of(str(text)))
        for entry in self.keyed_groups:
            # Without braces, Ansible uses `parent_group` as a literal string.
            if "{{" in str(entry.get("parent_group")) or "{%" in str(entry.get("parent_group")):
                needs.add(_needs_of(str(entry["parent_group"])))
        return needs


class _Known(dict[str, t.Callable[..., t.Any]]):
    """Accepts any name, because the filters and tests of Ansible and of collections are not loaded here."""

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: t.Any = None) -> t.Any:
        return super().get(name, lambda *values: True)

    def __missing__(self, name: str) -> t.Callable[..., t.Any]:
        return lambda *values: True


class _Permissive(Environment):
    """Parses expressions with any filters and tests."""

    def __init__(self) -> None:
        super().__init__()
        self.filters: t.Any = _Known(self.filters)
        self.tests: t.Any = _Known(self.tests)


def _needs_of(text: str) -> Needs:
    """Return the needs of one expression."""
    try:
        tree = _Permissive().parse(text if "{{" in text or "{%" in text else "{{" + text + "}}")
    except TemplateSyntaxError:
        # Ansible reports the syntax error if the option `strict` is true.
        return Needs()
    undeclared = find_undeclared_variables(tree)
    needs = Needs(names=undeclared - NOT_FIELDS, everything=bool(undeclared & READS_ANYTHING))
    if "netbox" in undeclared:
        called = {id(node.node) for node in tree.find_all(nodes.Call)}
        members = [
            member
            for node in tree.find_all((nodes.Getattr, nodes.Getitem))
            if id(node) not in called and (member := _member(node))
        ]
        mentions = sum(node.name == "netbox" for node in tree.find_all(nodes.Name))
        needs.members = set(members)
        needs.whole = len(members) < mentions
    needs.whole |= needs.everything
    return needs


def _member(node: t.Any) -> str | None:
    """Return the field in ``netbox.<field>`` or ``netbox['<field>']``, or ``None`` for other nodes."""
    if not isinstance(node.node, nodes.Name) or node.node.name != "netbox":
        return None
    if isinstance(node, nodes.Getattr):
        return None if hasattr(dict, node.attr) else node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None


class Naming:
    """Evaluates ``hostnames`` for each host."""

    def __init__(self, plugin: t.Any, expressions: tuple[str, ...]) -> None:
        self._plugin = plugin
        self._strict = plugin.get_option("strict")
        self._expressions = expressions
        self._unused = dict.fromkeys(expressions, "")
        self._named_by_others: set[str] = set()

    def __call__(self, variables: dict[str, t.Any], raw: Mapping[str, t.Any], own_name: str) -> str | None:
        """Return the first name that is not empty, or ``None``. Raise Ansible's errors if ``strict`` is true."""
        fields = mark_unsafe(dict(raw))
        seen = {**mark_unsafe(variables), **fields, "netbox": fields, **_host_names(own_name)}
        for number, expression in enumerate(self._expressions):
            try:
                name = text_of(self._plugin._compose(expression, seen))
            except AnsibleError as error:
                if self._strict:
                    raise
                if expression in self._unused:
                    self._unused[expression] = f": {error}"
                continue
            if name:
                self._unused.pop(expression, None)
                self._named_by_others.update(self._expressions[number + 1 :])
                return name
        return None

    def warnings(self) -> list[str]:
        """Return a warning for each expression that never returned a name.

        There is no warning if the expression did not fail, and an earlier expression named at least one host.
        """
        return [
            f"hostnames: {expression!r} never returns a name{reason}"
            for expression, reason in self._unused.items()
            if reason or expression not in self._named_by_others
        ]


def safe_group_name(name: t.Any) -> str:
    """Return a group name that Ansible sanitized. Raise ``AnsibleParserError`` if a template did not return a string.

    For other types, Ansible itself fails with a traceback.
    """
    if not isinstance(name, str):
        raise AnsibleParserError(f"keyed_groups: the template in parent_group must return a string, not {name!r}.")
    return to_safe_group_name(name)


def _host_names(name: str) -> dict[str, t.Any]:
    """Return the names that Ansible itself sets for a host."""
    magic = Host(name, gen_uuid=False).get_magic_vars()
    return {key: magic[key] for key in ("inventory_hostname", "inventory_hostname_short")}


@dataclasses.dataclass
class Constructed:
    """The variables and groups that expressions create for one host."""

    variables: dict[str, t.Any]
    groups: list[str]


class _Recorder(InventoryData):
    """Records the changes that Ansible's code for constructed inventories makes to one host.

    If a group and a host share a name, ``InventoryData`` changes the group. This class changes the host.
    """

    def __init__(self) -> None:
        self.host: str | None = None
        self.host_variables: dict[str, t.Any] = {}
        self.host_groups: list[str] = []
        self.host_is_child = False
        self.edges: dict[tuple[str, str], None] = {}
        # The group names from `keyed_groups` that Ansible reserves.
        self.reserved: set[str] = set()
        super().__init__()

    def start(self, host: str) -> None:
        """Start recording for a host."""
        self.host, self.host_variables, self.host_groups = host, {}, []

    def set_variable(self, entity: str, varname: str, value: t.Any) -> None:
        self.host_variables[varname] = value

    def add_group(self, group: str) -> str:
        # The user chose the names in the option `groups`, but the names from `keyed_groups` contain NetBox data.
        renamed = group in RESERVED and self.host and not self.host_is_child
        return super().add_group(f"group_{group}" if renamed else group)

    def add_host(self, host: str, group: str | None = None, port: int | str | None = None) -> str:
        if group:
            self.host_groups.append(group)
            self.reserved |= {group.removeprefix("group_")} & RESERVED
        return host

    def add_child(self, group: str, child: str) -> bool:
        if self.host_is_child:
            self.host_groups.append(group)
        else:
            parent = group if group == "all" else self.add_group(group)
            # `all` contains every group anyway, and a group must not be its own parent.
            if parent not in ("all", child):
                self.edges[parent, child] = None
        return True


class Constructor:
    """Evaluates ``compose``, ``groups``, and ``keyed_groups`` with Ansible's own code.

    It does not change the inventory of ``plugin``, so an error for one of the last hosts does not leave a partial
    inventory.
    """

    def __init__(self, plugin: t.Any, expressions: Expressions) -> None:
        self._plugin = plugin
        self._expressions = expressions
        self._strict = plugin.get_option("strict")
        self._inventory = plugin.inventory
        self._recorder = _Recorder()

    def construct(
        self, name: str, variables: dict[str, t.Any], extra: Mapping[str, t.Any], raw: Mapping[str, t.Any]
    ) -> Constructed:
        """Return the variables and groups that the expressions create for a host.

        Expressions can use the host's ``variables``, the ``extra`` variables that are only for expressions, and the
        fields in ``raw``. In ``compose``, fields take precedence over variables with the same name. In ``groups`` and
        ``keyed_groups``, variables take precedence. Raise Ansible's errors if the option ``strict`` is true.
        """
        recorder = self._recorder
        recorder.start(name)
        before, facts, fields = self._before(name), mark_unsafe({**extra, **variables}), mark_unsafe(dict(raw))
        always = {"netbox": fields, **_host_names(name)}
        self._plugin.inventory = recorder
        try:
            if self._expressions.compose:
                seen = {**before, **facts, **fields, **always}
                self._plugin._set_composite_vars(self._expressions.compose, seen, name, strict=self._strict)
            composed = recorder.host_variables
            seen = {**before, **fields, **facts, **composed, **always}
            if self._expressions.groups:
                recorder.host_is_child = True
                self._plugin._add_host_to_composed_groups(
                    self._expressions.groups, seen, name, strict=self._strict, fetch_hostvars=False
                )
            recorder.host_is_child = False
            if self._expressions.keyed_groups:
                self._plugin._add_host_to_keyed_groups(
                    list(self._expressions.keyed_groups), seen, name, strict=self._strict, fetch_hostvars=False
                )
        finally:
            recorder.host_is_child = False
            self._plugin.inventory = self._inventory
        return Constructed(composed, list(dict.fromkeys(recorder.host_groups)))

    def edges(self) -> list[tuple[str, str]]:
        """Return the pairs of parent and child groups that ``keyed_groups`` created."""
        return list(self._recorder.edges)

    def warnings(self) -> list[str]:
        """Return a warning if ``keyed_groups`` returned names that Ansible reserves."""
        return [
            f"keyed_groups: Ansible reserves the name {name}. The group is now group_{name}."
            for name in sorted(self._recorder.reserved)
        ]

    def _before(self, name: str) -> dict[str, t.Any]:
        """Return the variables that the host has before this source adds variables."""
        known = self._inventory.hosts.get(name)
        if known:
            return dict(known.get_vars())
        source = self._inventory.current_source
        return {"inventory_file": source, "inventory_dir": basedir(source) if source else None}
