"""Fetching a URL with limits: public addresses only, size, time, redirects.

Addresses come from users and, through feeds and forwarded notes, from strangers. A name is
resolved here and the connection goes to the address that was checked, so that a second answer
from the name server cannot lead elsewhere; every redirect is checked again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from tools.readers.draft import Unreadable

__all__ = ["Fetched", "fetch", "is_url"]

MAX_BYTES = 20 * 1024 * 1024
_REDIRECTS = 5
_TOTAL_SECONDS = 60.0
_HEADERS = {
    "User-Agent": "underwrite (+research reader)",
    "Accept": "text/html,application/xhtml+xml,application/pdf,application/rss+xml,"
    "application/atom+xml,text/plain;q=0.9,*/*;q=0.5",
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Awaitable[list[str]]]
"""A host name to its addresses; raises socket.gaierror for an unknown one."""


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes
    url: str
    """Where it came from in the end."""
    content_type: str
    """Media type in lower case, without parameters; "" when not stated."""
    charset: str | None


def is_url(source: str) -> bool:
    """Whether `source` is an address with a scheme ("https://…", "ftp://…"), not a path."""
    scheme, separator, rest = source.partition("://")
    return bool(separator and rest and scheme.isalnum() and not scheme[0].isdigit())


async def fetch(
    url: str,
    *,
    allow_private: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve | None = None,
) -> Fetched:
    """The body at `url`, after at most 5 redirects, at most 20 MB, within 60 seconds.

    allow_private: also loopback, private and link-local addresses; for tests.
    transport, resolve: stand in for the network and the name server; for tests.
    Raises Unreadable: `unreachable`, `address_refused` or `too_large`.
    """
    try:
        async with (
            asyncio.timeout(_TOTAL_SECONDS),
            httpx.AsyncClient(
                headers=_HEADERS, timeout=httpx.Timeout(20.0), transport=transport
            ) as client,
        ):
            for _ in range(_REDIRECTS + 1):
                result = await _step(client, url, allow_private, resolve or _resolve)
                if isinstance(result, Fetched):
                    return result
                url = result
    except TimeoutError as error:
        raise Unreadable("unreachable", f"{url} took too long: try again later") from error
    except httpx.TimeoutException as error:
        raise Unreadable("unreachable", f"{url} did not answer in time: try later") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable(
            "unreachable", f"{url} cannot be read ({error or type(error).__name__})"
        ) from error
    raise Unreadable("unreachable", f"{url}: more than {_REDIRECTS} redirects")


async def _step(
    client: httpx.AsyncClient, url: str, allow_private: bool, resolve: Resolve
) -> Fetched | str:
    """The body, or the next address when it redirects."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreadable("unreachable", f"{url} is not a valid address") from error
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise Unreadable("address_refused", f"{url}: only http and https addresses are read")
    if parts.username is not None or parts.password is not None:
        raise Unreadable("address_refused", "an address with a user name or password is not read")
    request = client.build_request("GET", url)
    host = request.url.host
    addresses = await _checked_addresses(host, parts.scheme.lower(), allow_private, resolve)
    response = await _send(client, request, addresses)
    try:
        if response.is_redirect:
            return urljoin(url, response.headers["location"])
        if response.status_code >= 400:
            raise Unreadable("unreachable", f"{url} answered {_reason(response)}")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise Unreadable(
                    "too_large", f"{url} is larger than 20 MB: download it and read a part"
                )
    finally:
        await response.aclose()
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Fetched(bytes(body), url, media, response.charset_encoding)


async def _send(
    client: httpx.AsyncClient, request: httpx.Request, addresses: list[_Address]
) -> httpx.Response:
    """Send to the checked addresses, the next when one does not connect; none: as it is."""
    url = request.url
    if addresses:
        # The name stays in the Host header and in the TLS handshake.
        request.extensions["sni_hostname"] = url.raw_host.decode("ascii")
    for address in addresses:
        request.url = url.copy_with(host=str(address))
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except httpx.ConnectError:
            if address == addresses[-1]:
                raise
    return await client.send(request, stream=True, follow_redirects=False)


def _reason(response: httpx.Response) -> str:
    hint = {
        401: ": it asks for a login; save the page and read the file",
        403: ": it refuses programs; save the page and read the file",
        404: ": there is no such page; check the address",
        429: ": it asks to slow down; try later",
    }.get(response.status_code, "")
    return f"{response.status_code} {response.reason_phrase}{hint}"


async def _resolve(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


async def _checked_addresses(
    host: str, scheme: str, allow_private: bool, resolve: Resolve
) -> list[_Address]:
    """The addresses to connect to, checked; none when the request goes out as it is: the host
    is an address already, or a proxy of the environment resolves the name."""
    literal = _literal(host)
    proxied = scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)
    if literal is not None:
        addresses = [literal]
    else:
        try:
            names = await resolve(host)
        except (socket.gaierror, UnicodeError) as error:
            if proxied:
                return []
            raise Unreadable(
                "unreachable", f"the name {host} is unknown: check the address and the connection"
            ) from error
        addresses = [ipaddress.ip_address(name) for name in dict.fromkeys(names)]
    if not allow_private:
        for address in addresses:
            if not _public(address):
                raise Unreadable(
                    "address_refused",
                    f"{host} is a private address ({address}): only public pages are read",
                )
    return [] if proxied or literal is not None else addresses[:4]


def _public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _public(inner)
    return address.is_global and not address.is_multicast
