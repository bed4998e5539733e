# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Set the options of plugins, and reject values that Ansible would ignore or misread."""

from __future__ import annotations

import difflib
import os
import re
import typing as t
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

# The line of an inventory file that names the plugin, in YAML or in JSON.
_PLUGIN = r"""^[\s{]*["']?plugin["']?\s*:\s*["']?%s["']?\s*(,|\}|#|$)"""
MOST_OF_FILE = 65536
# Connection options and aliases that can be empty or false to override a value from the environment. If any other
# connection option is empty, its next source applies.
CAN_BE_NONE = frozenset(("token", "headers", "branch", "ca_path", "client_cert", "cert", "client_key", "key"))
_CAN_BE_UNSET = frozenset(("api_endpoint", "url", "timeout", "validate_certs"))


def names_plugin(path: str, name: str) -> bool:
    """Return whether the YAML file ``path`` contains ``plugin: name``. Return ``False`` if the file cannot be read."""
    if not path.endswith((".yml", ".yaml")):
        return False
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(MOST_OF_FILE)
    except OSError:
        return False
    return bool(re.search(_PLUGIN % re.escape(name), text, flags=re.MULTILINE))


def refuse_unknown_options(definitions: Mapping[str, t.Any], names: Iterable[str]) -> None:
    """Raise :class:`UsageError` for unknown options. Ansible itself ignores them."""
    known = [name for option, facts in definitions.items() for name in (option, *facts.get("aliases", ()))]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(f"There is no option {name!r}.{f' Did you mean {near[0]}?' if near else ''}")


def refuse_wrong_booleans(definitions: Mapping[str, t.Any], options: Mapping[str, t.Any]) -> None:
    """Raise :class:`UsageError` for values such as ``ture``. Ansible itself treats them as false."""
    names = [
        name
        for option, facts in definitions.items()
        if facts.get("type") in ("bool", "boolean")
        for name in (option, *facts.get("aliases", ()), *(entry["name"] for entry in facts.get("vars", ())))
    ]
    for name in names:
        if options.get(name) not in (None, ""):
            truth(name, options[name])


def resolve_validate_certs(
    definitions: Mapping[str, t.Any], direct: Mapping[str, t.Any], variables: Mapping[str, t.Any] | None
) -> dict[str, t.Any]:
    """Return ``direct`` with a Boolean for ``validate_certs`` from the first source that is not empty.

    Call this before ``set_options``. Ansible-core (2.16 to 2.21) converts mistyped and empty values from every source
    to false, and such a value must never disable the check. Raise :class:`UsageError` with the name of the source if
    its value is not a Boolean.
    """
    definition = definitions["validate_certs"]
    values = [("validate_certs", direct.get("validate_certs"))]
    for source, container in (("vars", variables or {}), ("env", os.environ)):
        values += [(entry["name"], container.get(entry["name"])) for entry in definition[source]]
    given = [(name, value) for name, value in values if value not in (None, "")]
    return {**direct, "validate_certs": truth(*given[0]) if given else definition["default"]}


def truth(name: str, value: t.Any) -> bool:
    """Convert ``value`` to a Boolean as Ansible does. Raise :class:`UsageError` with ``name`` if that fails."""
    try:
        return boolean(value)
    except TypeError:
        raise UsageError(f"{name} must be true or false, not {value!r}.") from None


def resolve_options(templar: t.Any, written: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Resolve the templates in options. Raise :class:`UsageError` with the option's name if a template fails."""
    resolved = {}
    for name, value in written.items():
        try:
            resolved[name] = templar.template(value)
        except AnsibleError as error:
            raise UsageError(f"{name}: cannot resolve the template: {error}".rstrip(".") + ".") from None
    return without_empty_ones(resolved)


def without_empty_ones(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Set empty connection options to ``False``, or remove them so that their next source applies.

    ``options`` can also contain variables. Files for netbox.netbox contain ``cert: false``, and AWX sets empty strings.
    """
    meant = {}
    for name, value in options.items():
        option = name.removeprefix("netbox_")
        if option in CAN_BE_NONE and value == "":
            value = False
        elif option in _CAN_BE_UNSET and (value == "" or (value is False and option == "timeout")):
            continue
        meant[name] = value
    return meant


def set_lookup_options(lookup: LookupBase, variables: Mapping[str, t.Any] | None, direct: Mapping[str, t.Any]) -> None:
    """Set options like ``lookup.set_options``, but reject unknown options, and resolve templates in variables first.

    Ansible reads variables without resolving their templates (``netbox_token: "{{ vault_netbox_token }}"``), and
    converts the values to the types of the options immediately. Raise :class:`UsageError` if an option is invalid.
    """
    definitions = lookup.option_definitions
    refuse_unknown_options(definitions, direct)
    sources = [entry["name"] for facts in definitions.values() for entry in facts.get("vars", ())]
    templar = t.cast(t.Any, lookup._templar)
    values = resolve_options(templar, {name: variables[name] for name in sources if variables and name in variables})
    refuse_wrong_booleans(definitions, {**values, **direct})
    # Ansible has already resolved the templates in direct options.
    resolved = resolve_validate_certs(definitions, without_empty_ones(direct), values)
    lookup.set_options(var_options=values, direct=resolved)
