# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # How long lists are read; for all plugins that read them.
    DOCUMENTATION = r"""
options:
  pagination:
    description:
      - How long lists are read.
      - V(auto) reads by cursor where NetBox has one (4.6 and newer), and by offset, in id order, everywhere else. It
        costs no request to find out which.
      - V(cursor) fails where there is no cursor.
      - V(offset) never uses one.
    type: str
    choices:
      - auto
      - cursor
      - offset
    default: auto
  page_size:
    description:
      - Objects to ask for in one request. NetBox gives fewer where its C(MAX_PAGE_SIZE) is lower.
      - By default, 300 at first, and then up to 1,000 if they are small, as about 1 MB is.
      - A page that fails is requested again. If it fails twice because of its size, it is requested in smaller parts.
        Pages get longer again after eight pages that succeeded.
    type: int
  max_workers:
    description:
      - Requests to NetBox at once. One list is read by as many cursors side by side, each on a part of the ids of its
        own.
      - V(1) asks one after the other.
    type: int
    default: 4
  thread_pool_executor:
    description:
      - Python class to run the requests in, a drop-in for C(concurrent.futures.ThreadPoolExecutor), as
        C(package.module.Class).
      - It must run functions in threads. A class that uses processes, or that fails to run a request, is an error.
      - By default threads of the collection's own, which do not keep Ansible waiting after an interruption, as
        Python's do until NetBox has answered.
    type: str
"""
