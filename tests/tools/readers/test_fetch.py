"""Fetching from a server on loopback, and address rules with a stand-in for the name server."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from tools.readers import fetch as module
from tools.readers.draft import Unreadable
from tools.readers.fetch import Fetched, fetch, is_url


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path
        if path.startswith("/hop/"):
            left = int(path.removeprefix("/hop/"))
            self.send_response(302)
            self.send_header("Location", f"/hop/{left - 1}" if left > 1 else "/page")
            self.end_headers()
            return
        if path == "/away":
            self.send_response(301)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        if path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        if path == "/big":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"x" * 100)
            return
        if path != "/page":
            self.send_response(int(path.removeprefix("/")))
            self.end_headers()
            return
        body = "<p>Två verk.</p>".encode("iso-8859-1")
        self.send_response(200)
        self.send_header("Content-Type", "Text/HTML; charset=ISO-8859-1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


async def refused(url: str, **options: object) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        await fetch(url, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("https://a.example", True),
        ("HTTP://a.example/x", True),
        ("ftp://a.example/x", True),
        ("file:///etc/passwd", True),
        ("a/b.txt", False),
        ("C:\\x.txt", False),
        ("notes://", False),
        ("-", False),
    ],
)
def test_what_is_an_address(source: str, answer: bool) -> None:
    assert is_url(source) is answer


async def test_a_page_after_redirects(server: str) -> None:
    page = await fetch(f"{server}/hop/3", allow_private=True)
    assert page == Fetched(
        data="<p>Två verk.</p>".encode("iso-8859-1"),
        url=f"{server}/page",
        content_type="text/html",
        charset="iso-8859-1",
    )


async def test_too_many_redirects(server: str) -> None:
    assert (await refused(f"{server}/hop/9", allow_private=True)).kind == "unreachable"


async def test_loopback_is_refused_by_default(server: str) -> None:
    error = await refused(f"{server}/page")
    assert error.kind == "address_refused"
    assert "private address" in str(error)


async def test_a_redirect_to_a_file_is_refused(server: str) -> None:
    assert (await refused(f"{server}/file", allow_private=True)).kind == "address_refused"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
async def test_refusals_say_why(server: str, status: int) -> None:
    error = await refused(f"{server}/{status}", allow_private=True)
    assert error.kind == "unreachable"
    assert str(status) in str(error)


async def test_a_large_body_is_cut_off(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    assert (await refused(f"{server}/big", allow_private=True)).kind == "too_large"


async def test_no_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await refused(f"http://127.0.0.1:{port}/", allow_private=True)
    assert error.kind == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x",
        "file:///etc/passwd",
        "http://user:secret@a.example/",
        "http:///nohost",
        "http://127.0.0.1/",
        "http://10.0.0.8/",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
    ],
)
async def test_refused_addresses(url: str) -> None:
    error = await refused(url)
    assert error.kind == "address_refused"
    assert "secret" not in str(error)


@pytest.mark.parametrize("url", ["http://[::1", "http://a b/", "http://\x00/"])
async def test_what_is_not_an_address(url: str) -> None:
    assert (await refused(url, resolve=names({}))).kind in {"unreachable", "address_refused"}


def names(table: dict[str, list[str]]) -> Callable[[str], Awaitable[list[str]]]:
    async def resolve(host: str) -> list[str]:
        await asyncio.sleep(0)
        if host not in table:
            raise socket.gaierror(f"unknown {host}")
        return table[host]

    return resolve


class Recorder:
    """Answers every request and remembers where it went."""

    def __init__(self, *responses: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self.responses = list(responses)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.responses.pop(0)


async def test_the_connection_goes_to_the_checked_address() -> None:
    recorder = Recorder(httpx.Response(200, text="Rates rose."))
    page = await fetch(
        "https://Daily.example:8443/a?b=1",
        transport=httpx.MockTransport(recorder),
        resolve=names({"daily.example": ["93.184.216.34"]}),
    )
    (request,) = recorder.requests
    assert request.url == "https://93.184.216.34:8443/a?b=1"
    assert request.headers["host"] == "daily.example:8443"
    assert request.extensions["sni_hostname"] == "daily.example"
    assert page.url == "https://Daily.example:8443/a?b=1"


async def test_a_name_with_any_private_address_is_refused() -> None:
    error = await refused(
        "https://daily.example/",
        transport=httpx.MockTransport(Recorder()),
        resolve=names({"daily.example": ["93.184.216.34", "192.168.0.4"]}),
    )
    assert error.kind == "address_refused"


async def test_a_redirect_to_a_private_name_is_refused() -> None:
    recorder = Recorder(httpx.Response(302, headers={"location": "http://inside.example/"}))
    error = await refused(
        "https://daily.example/",
        transport=httpx.MockTransport(recorder),
        resolve=names({"daily.example": ["93.184.216.34"], "inside.example": ["10.1.2.3"]}),
    )
    assert error.kind == "address_refused"
    assert len(recorder.requests) == 1


async def test_an_unknown_name() -> None:
    error = await refused("https://nowhere.example/", resolve=names({}))
    assert error.kind == "unreachable"
    assert "nowhere.example" in str(error)


async def test_the_next_address_is_tried_when_one_does_not_connect() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        if len(seen) == 1:
            raise httpx.ConnectError("no route", request=request)
        return httpx.Response(200, text="Rates rose.")

    await fetch(
        "https://daily.example/",
        transport=httpx.MockTransport(answer),
        resolve=names({"daily.example": ["2606:4700::1", "93.184.216.34"]}),
    )
    assert seen == ["2606:4700::1", "93.184.216.34"]


async def test_a_slow_server_is_an_error_of_its_own() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    error = await refused(
        "https://daily.example/",
        transport=httpx.MockTransport(answer),
        resolve=names({"daily.example": ["93.184.216.34"]}),
    )
    assert "in time" in str(error)


async def test_behind_a_proxy_the_proxy_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    recorder = Recorder(httpx.Response(200, text="Rates rose."))
    await fetch(
        "https://daily.example/",
        transport=httpx.MockTransport(recorder),
        resolve=names({}),
    )
    assert recorder.requests[0].url.host == "daily.example"
    error = await refused("https://127.0.0.1/", transport=httpx.MockTransport(Recorder()))
    assert error.kind == "address_refused"
