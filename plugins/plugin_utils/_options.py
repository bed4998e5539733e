# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The options of plugins, set so that nothing that people write is dropped or misread."""

from __future__ import annotations

import difflib
import re
import typing as t
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.lookup import LookupBase

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

# What a file for a plugin says, in YAML or in the JSON that is YAML, too.
_PLUGIN = r"""^[\s{]*["']?plugin["']?\s*:\s*["']?%s["']?\s*(,|\}|#|$)"""
MOST_OF_FILE = 65536
# Connection options, with their aliases, that mean "none" if they are empty or false, whatever the environment has.
# Others that are empty are not set, so that the next source of the option applies.
CAN_BE_NONE = frozenset(("token", "headers", "branch", "ca_path", "client_cert", "cert", "client_key", "key"))
_CAN_BE_UNSET = frozenset(("api_endpoint", "url", "timeout", "validate_certs"))


def names_plugin(path: str, name: str) -> bool:
    """Whether the YAML file ``path`` says ``plugin: name``; ``False`` also where it cannot be read."""
    if not path.endswith((".yml", ".yaml")):
        return False
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(MOST_OF_FILE)
    except OSError:
        return False
    return bool(re.search(_PLUGIN % re.escape(name), text, flags=re.MULTILINE))


def refuse_unknown_options(definitions: Mapping[str, t.Any], names: Iterable[str]) -> None:
    """Raise :class:`UsageError` for names that no option has. Ansible itself ignores them."""
    known = [name for option, facts in definitions.items() for name in (option, *facts.get("aliases", ()))]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(f"There is no option {name!r}.{f' Did you mean {near[0]}?' if near else ''}")


def refuse_wrong_booleans(definitions: Mapping[str, t.Any], options: Mapping[str, t.Any]) -> None:
    """Raise :class:`UsageError` for values such as ``ture``. Ansible itself takes them as false."""
    names = [
        name
        for option, facts in definitions.items()
        if facts.get("type") in ("bool", "boolean")
        for name in (option, *facts.get("aliases", ()), *(entry["name"] for entry in facts.get("vars", ())))
    ]
    for name in names:
        if options.get(name) not in (None, ""):
            truth(name, options[name])


def truth(name: str, value: t.Any) -> bool:
    """Return ``value`` as Ansible reads it. Raise :class:`UsageError`, which contains ``name``, if it is no boolean."""
    try:
        return boolean(value)
    except TypeError:
        raise UsageError(f"{name} is {value!r}: write true or false.") from None


def resolve_options(templar: t.Any, written: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return options with their templates resolved. Raise :class:`UsageError` with the name if a template fails."""
    resolved = {}
    for name, value in written.items():
        try:
            resolved[name] = templar.template(value)
        except AnsibleError as error:
            raise UsageError(f"{name}: cannot resolve the template: {error}".rstrip(".") + ".") from None
    return without_empty_ones(resolved)


def without_empty_ones(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return ``options`` or variables as they are meant if connection options are empty or false.

    Files for netbox.netbox contain ``cert: false``, and AWX sets empty strings.
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
    """``lookup.set_options``, but an unknown option is an error, and templates in variables are resolved first.

    Ansible takes options from variables as they are written there (``netbox_token: "{{ vault_netbox_token }}"``), and
    converts them to their types at once. Raises :class:`UsageError`.
    """
    definitions = lookup.option_definitions
    refuse_unknown_options(definitions, direct)
    sources = [entry["name"] for facts in definitions.values() for entry in facts.get("vars", ())]
    templar = t.cast(t.Any, lookup._templar)
    values = resolve_options(templar, {name: variables[name] for name in sources if variables and name in variables})
    refuse_wrong_booleans(definitions, {**values, **direct})
    # Ansible resolved the templates of direct options already.
    lookup.set_options(var_options=values, direct=without_empty_ones(direct))
