# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # How NetBox is reached; for all plugins and modules.
    DOCUMENTATION = r"""
options:
  api_endpoint:
    description:
      - Address of NetBox, such as V(https://netbox.example.com) or, with a base path, V(https://example.com/netbox).
      - A trailing V(/api) is ignored.
    type: str
    required: true
    aliases:
      - url
  token:
    description:
      - API token. Tokens that begin with C(nbt_) (NetBox 4.5 and newer) are sent as C(Bearer), all others as
        C(Token).
      - A dictionary with the keys C(type) and C(value) is sent as it says.
      - Without a token, NetBox is asked as anybody; it must be open for that.
      - It is sent to the host of O(api_endpoint) only.
    type: raw
  headers:
    description:
      - More headers to send with each request, as a dictionary or as JSON text.
    type: raw
    default: {}
  validate_certs:
    description:
      - Whether NetBox's certificate must be valid.
      - It is better to name the authority in O(ca_path) than to trust anybody.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificates (PEM) of the authorities that NetBox's certificate may come from.
      - Without it those of the Python library C(requests) count.
    type: path
  client_cert:
    description:
      - File with a certificate (PEM) to show to NetBox; with its key, or with the key in O(client_key).
    type: path
    aliases:
      - cert
  client_key:
    description:
      - File with the key (PEM) of O(client_cert).
    type: path
    aliases:
      - key
  timeout:
    description:
      - Seconds to wait for a connection, and for each next piece of an answer. A whole answer may take five times as
        long.
    type: float
    default: 60
  retries:
    description:
      - How often a request is sent again at most, when NetBox or what stands before it does not answer properly.
      - Only what can be repeated safely is sent again. C(Retry-After) is heeded, up to a minute.
    type: int
    default: 5
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
requirements:
  - Python packages C(requests) 2.28.0 or newer, and C(packaging) 21.0 or newer
"""

    # Where plugins may find these options besides their own parameters. List it before the fragment above.
    PLUGIN = r"""
requirements:
  - Python 3.10 or newer on the controller
options:
  api_endpoint:
    # It is needed, but we can say better than Ansible where it may be written.
    required: false
    env:
      - name: NETBOX_API
      - name: NETBOX_URL
    vars:
      - name: netbox_api
      - name: netbox_url
  token:
    env:
      - name: NETBOX_TOKEN
      - name: NETBOX_API_TOKEN
      - name: NETBOX_API_KEY
    vars:
      - name: netbox_token
  headers:
    env:
      - name: NETBOX_HEADERS
    vars:
      - name: netbox_headers
  validate_certs:
    # As a bool, Ansible would take every text that it does not know for false, and switch the check off.
    type: str
    default: "true"
    env:
      - name: NETBOX_VALIDATE_CERTS
    vars:
      - name: netbox_validate_certs
  # As paths, Ansible would take an empty text, as AWX makes of what is left empty, for the current folder.
  ca_path:
    type: str
    env:
      - name: NETBOX_CA_PATH
    vars:
      - name: netbox_ca_path
  client_cert:
    type: str
    env:
      - name: NETBOX_CLIENT_CERT
    vars:
      - name: netbox_client_cert
  client_key:
    type: str
    env:
      - name: NETBOX_CLIENT_KEY
    vars:
      - name: netbox_client_key
  timeout:
    env:
      - name: NETBOX_TIMEOUT
    vars:
      - name: netbox_timeout
  retries:
    env:
      - name: NETBOX_RETRIES
    vars:
      - name: netbox_retries
"""

    # Where modules find them besides. List it beside the fragment above.
    MODULE = r"""
options: {}
requirements:
  - Python 3.9 or newer on the host where the module runs
notes:
  - Options of the connection that are not given are taken from the environment of the host where the module runs.
    These are E(NETBOX_API) or E(NETBOX_URL), E(NETBOX_TOKEN), E(NETBOX_API_TOKEN) or E(NETBOX_API_KEY),
    E(NETBOX_HEADERS), E(NETBOX_VALIDATE_CERTS), E(NETBOX_CA_PATH), E(NETBOX_CLIENT_CERT), E(NETBOX_CLIENT_KEY),
    E(NETBOX_TIMEOUT) and E(NETBOX_RETRIES).
  - C(module_defaults) for the group C(netbox.cursor.netbox) set them for all modules of this collection.
  - Modules usually run where NetBox can be reached and the files are, with C(delegate_to=localhost) for example.
"""
