# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Options for reading long lists.
    DOCUMENTATION = r"""
options:
  pagination:
    description:
      - Pagination method for long lists.
      - V(auto) uses cursors if NetBox supports them for the list, and offsets in ID order otherwise. NetBox supports
        cursors in the REST API from version 4.6, and in GraphQL from version 4.5.2.
      - V(cursor) fails if the list does not support cursors. V(offset) always uses offsets.
    type: str
    choices:
      - auto
      - cursor
      - offset
    default: auto
  page_size:
    description:
      - Number of objects to request in one page. NetBox returns fewer if its C(MAX_PAGE_SIZE) is lower.
      - By default, the first page has 300 objects, and later pages have up to 1,000 if the objects are small.
      - If a page fails, the plugin repeats the request. If the page fails again and the page size might be the
        reason, the plugin requests smaller pages. After eight successful pages, it requests larger pages again.
    type: int
  max_workers:
    description:
      - Maximum number of parallel requests. Several workers can read different ID ranges of one list.
      - With V(1), requests are sent in sequence.
    type: int
    default: 4
  thread_pool_executor:
    description:
      - Python class that runs the requests, as C(package.module.Class). It must be compatible with
        C(concurrent.futures.ThreadPoolExecutor), and run functions in threads. The plugin fails if
        the class uses processes or does not run a request.
      - You need this option only to run the requests in your own executor, for example to trace them.
      - By default, the collection uses its own threads. They stop immediately if a run is interrupted. The threads of
        C(ThreadPoolExecutor) wait for outstanding responses.
    type: str
"""
