# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Connection options of all plugins and modules.
    DOCUMENTATION = r"""
options:
  api_endpoint:
    description:
      - Base URL of NetBox, such as V(https://netbox.example.com) or, with a base path, V(https://example.com/netbox).
      - A trailing V(/api) is ignored. The URL must not contain a user name or a password.
    type: str
    required: true
    aliases:
      - url
  token:
    description:
      - API token. A token that starts with C(nbt_) is sent as C(Bearer). Any other token is sent as C(Token).
      - To send another type, use a dictionary with the keys C(type) and C(value).
      - Without a token, requests are anonymous. NetBox must allow them.
      - The token is sent only to the host in O(api_endpoint).
    type: raw
  headers:
    description:
      - Additional headers to send with each request, as a dictionary or as a JSON string.
    type: raw
    default: {}
  branch:
    description:
      - Name of a branch in the netbox-branching plugin. The plugin reads and changes the branch instead of the main
        data.
      - The branch must exist and be ready. The token's user needs permission to view branches.
    type: str
  validate_certs:
    description:
      - Whether to validate the NetBox certificate. If V(false), a warning is printed.
      - Set O(ca_path) instead if the certificate was issued by your own certificate authority.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with CA certificates (PEM) to validate the NetBox certificate.
      - If not set, the default CA certificates of the Python C(requests) library are used.
    type: path
  client_cert:
    description:
      - File with a client certificate (PEM). If O(client_key) is not set, the file must also contain the key.
    type: path
    aliases:
      - cert
  client_key:
    description:
      - File with the private key (PEM) for O(client_cert).
    type: path
    aliases:
      - key
  timeout:
    description:
      - Number of seconds to wait for a connection, and for each part of a response. The complete response must arrive
        within five times the timeout.
    type: float
    default: 60
  retries:
    description:
      - Maximum number of times to repeat a failed request.
      - Requests are repeated after connection errors, incomplete responses, the statuses 429, 502, 503, and 504, and
        error pages of a load balancer. The plugin honors C(Retry-After), up to one minute.
      - A request that changes data is repeated only if NetBox did not receive it.
    type: int
    default: 5
notes:
  - If O(token), O(branch), O(headers), O(ca_path), O(client_cert), or O(client_key) is an empty string or V(false), the
    option is not set, and its environment variable is ignored.
  - The environment variables E(HTTPS_PROXY), E(HTTP_PROXY), and E(NO_PROXY) select a proxy.
  - If the Python library C(orjson) is installed, parsing responses is about twice as fast.
requirements:
  - Python 3.9 or later
  - requests 2.28.0 or later
  - packaging 21.0 or later
"""

    # Environment variables and Ansible variables from which plugins read these options. List this fragment before the
    # one above.
    PLUGIN = r"""
options:
  api_endpoint:
    # It is required, but our error is more helpful than Ansible's.
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
  branch:
    env:
      - name: NETBOX_BRANCH
    vars:
      - name: netbox_branch
  validate_certs:
    # Ansible converts every unknown string to false, which would disable the check. Plugins therefore convert this
    # option with resolve_validate_certs() before Ansible does.
    env:
      - name: NETBOX_VALIDATE_CERTS
    vars:
      - name: netbox_validate_certs
  # As paths, Ansible would convert an empty string, which AWX sets for empty fields, to the current directory.
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

    # Notes about the environment of modules. List this fragment together with the one above.
    MODULE = r"""
options: {}
notes:
  - Connection options that are not set are read from the environment of the host where the module runs. The
    variables are E(NETBOX_API) or E(NETBOX_URL), E(NETBOX_TOKEN), E(NETBOX_API_TOKEN) or E(NETBOX_API_KEY),
    E(NETBOX_HEADERS), E(NETBOX_BRANCH), E(NETBOX_VALIDATE_CERTS), E(NETBOX_CA_PATH), E(NETBOX_CLIENT_CERT),
    E(NETBOX_CLIENT_KEY), E(NETBOX_TIMEOUT), and E(NETBOX_RETRIES).
  - To set them for all modules of this collection, use C(module_defaults) for the group C(netbox.cursor.netbox).
  - Run modules on a host that can reach NetBox and the files, for example with C(delegate_to=localhost).
"""
