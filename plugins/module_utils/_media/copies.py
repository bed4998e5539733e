# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read NetBox's copies of images from allowed locations, and compute their fingerprints.

NetBox returns a URL for each image. The module requests the URL only if it is below ``media/`` on the configured
NetBox, or on a storage host that the user listed. Otherwise, the module would send requests to any server whose URL
NetBox returns.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import typing as t
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    NetBoxError,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.image_files import Fingerprint, compute_fingerprint

_HOST = re.compile(r"([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ADVICE = "Check the URL. If NetBox stores its images there, list the host in storage_hosts."


class ImageCopies:
    """Reads the files of image attachments.

    * ``storage_hosts``: additional hosts that can store images, such as ``s3.example.com`` or
      ``minio.example.com:9000``. For hosts without a port, ports 80 and 443 are allowed.
    * ``connect_anonymously``: returns a client for the same NetBox that does not send a token.
    """

    def __init__(
        self, client: Client, storage_hosts: Iterable[str], connect_anonymously: Callable[[], t.ContextManager[Client]]
    ) -> None:
        self._client = client
        self._connect_anonymously = connect_anonymously
        self._own = urlsplit(client.endpoint)
        self._hosts = {host.strip().lower() for host in storage_hosts}
        for host in self._hosts:
            if not _HOST.fullmatch(host):
                raise UsageError(f"Invalid storage_hosts entry {host!r}. Use a host name, such as s3.example.com.")

    def read_fingerprint(self, row: Row, max_bytes: int) -> Fingerprint | None:
        """Return the fingerprint of the file of ``row``, or ``None`` if the file has more than ``max_bytes`` bytes."""
        copy = self._client.download(self._permitted_url(row), max_bytes, compute_fingerprint)
        return copy if copy.size <= max_bytes else None

    def is_lost(self, row: Row) -> bool:
        """Return whether NetBox lost the file of ``row``. Call this after a request for the file returned 404.

        NetBox also returns 404 if ``LOGIN_REQUIRED`` is false, because it ignores the token in that case. Therefore,
        request the file without a token. NetBox redirects this request to its login page only if ``LOGIN_REQUIRED`` is
        true.
        """
        url = self._permitted_url(row)
        if self._is_below_media(urlsplit(url)):
            with self._connect_anonymously() as anonymous:
                try:
                    anonymous.download(url, 0, lambda chunks: None)
                except AccessDenied:
                    return True
                except NetBoxError as error:
                    self._client.log(1, str(error))
            return False
        return True  # A storage host returns 404 only if the file does not exist.

    def _permitted_url(self, row: Row) -> str:
        """Return the URL from which to request the file of ``row``.

        A file below ``media/`` is requested from the configured NetBox, because NetBox does not always know its own
        host name. Raise :class:`UnexpectedAnswer` if the URL that NetBox returned is not allowed.
        """
        url = str(row.get("image") or "")
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            raise _refusal(url) from None
        segments = re.split(r"[/\\]", unquote(parts.path))
        if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parts.netloc.lower()) or ".." in segments:
            raise _refusal(url)
        host = str(parts.hostname)
        written = f"[{host}]" if ":" in host else host
        if written in self._hosts and port in _DEFAULT_PORTS.values() or f"{written}:{port}" in self._hosts:
            self._check_addresses(host, url)
            return url
        if self._is_below_media(parts):
            return urlunsplit((self._own.scheme, self._own.netloc, parts.path, parts.query, ""))
        raise _refusal(url)

    def _is_below_media(self, parts: SplitResult) -> bool:
        return parts.path.startswith(self._own.path + "media/")

    def _check_addresses(self, host: str, url: str) -> None:
        """Raise :class:`UnexpectedAnswer` if ``host`` has a loopback, link-local, or unspecified address.

        The host of the configured NetBox is exempt.
        """
        if host == self._own.hostname:
            return
        try:
            found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
        except OSError:
            return  # The request reports this error, unless a proxy resolves the name.
        for entry in found:
            address = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
            address = getattr(address, "ipv4_mapped", None) or address
            if address.is_loopback or address.is_link_local or address.is_unspecified:
                raise UnexpectedAnswer(
                    f"NetBox returned {_shorten(url)!r} as the URL of an image. Its host has the loopback or "
                    f"link-local address {address}. The module does not connect to such addresses."
                )


def _refusal(url: str) -> UnexpectedAnswer:
    error = UnexpectedAnswer(
        f"NetBox returned {_shorten(url)!r} as the URL of an image. The URL is neither in NetBox's directory media/ "
        "nor on a host that storage_hosts lists."
    )
    error.advice = _ADVICE
    return error


def _shorten(url: str) -> str:
    """Return the beginning of ``url`` without the user name, the password, and the query.

    The query can contain a signature that grants access.
    """
    return re.sub(r"//[^/?#]*@", "//", url.partition("?")[0])[:200]
