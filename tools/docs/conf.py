# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration for the guides and the reference. `make docs` uses it. The build needs no network."""

from __future__ import annotations

import typing as t

from docutils import nodes

project = "netbox.cursor"
project_copyright = "The netbox.cursor authors"
extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}, "documentation_home_url": "index.html"}
html_title = html_short_title = "netbox.cursor"
html_show_sphinx = False
html_use_index = False
html_copy_source = False

# Pages in the Ansible documentation to which the generated pages refer.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/reference_appendices/"
PAGES = {
    "ansible_configuration_settings": ("config.html", "Ansible's configuration settings"),
    "common_return_values": ("common_return_values.html", "here"),
    "ansible_collections.ansible.builtin.file_module": (
        "../collections/ansible/builtin/file_module.html",
        "ansible.builtin.file",
    ),
}


def link(app: t.Any, env: t.Any, node: t.Any, content: nodes.TextElement) -> nodes.Node | None:
    """Return a link to the Ansible documentation, or ``None`` if the label does not exist."""
    if node["reftarget"] not in PAGES:
        return None
    page, title = PAGES[node["reftarget"]]
    text = content.astext() if node["refexplicit"] else title
    return nodes.reference("", text, refuri=ANSIBLE + page, internal=False)


def setup(app: t.Any) -> None:
    app.connect("missing-reference", link)
