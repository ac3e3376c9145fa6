"""The page in a real browser, driven through the DevTools protocol: no driver to install."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.tools.export.sample import DOCUMENTS, sample_brief
from tools.export import render_html

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-port=0", "--hide-scrollbars",
)  # fmt: skip


class Browser:
    """One page. `errors` and `requests` are what it complained about and asked for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self._session = ""
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._connection.send(json.dumps(message))
        while True:
            answer = json.loads(self._connection.recv(timeout=30))
            self._note(answer)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _note(self, event: dict[str, Any]) -> None:
        name, content = event.get("method"), event.get("params", {})
        if name == "Network.requestWillBeSent":
            self.requests.append(content["request"]["url"])
        elif name == "Runtime.exceptionThrown" or name == "Log.entryAdded":
            self.errors.append(json.dumps(content))

    def open(self, page: Path, width: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=844, deviceScaleFactor=1, mobile=width < 700,
        )  # fmt: skip
        self.call("Page.navigate", url=page.as_uri())
        self.run(
            "new Promise(r => document.readyState === 'complete' ? r(1)"
            " : addEventListener('load', () => r(1)))"
        )

    def run(self, script: str) -> Any:
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser on the PATH ({', '.join(NAMES)})")
    profile = tmp_path_factory.mktemp("profile")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port_file = profile / "DevToolsActivePort"
        for _ in range(300):
            if port_file.exists() and len(port_file.read_text().splitlines()) == 2:
                break
            time.sleep(0.1)
        port, path = port_file.read_text().splitlines()
        with connect(f"ws://127.0.0.1:{port}{path}", max_size=None) as connection:
            yield Browser(connection)
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "brief.html"
    file.write_text(render_html(sample_brief(), DOCUMENTS), encoding="utf-8")
    return file


@pytest.mark.parametrize("width", [390, 1280])
def test_a_click_on_any_citation_marks_exactly_its_words(
    browser: Browser, page: Path, width: int
) -> None:
    browser.open(page, width)
    for key, cited in sample_brief().citations.items():
        link = f'.cite[data-key="{key}"]'
        if not browser.run(f"!!document.querySelector('{link}')"):
            continue
        browser.run(f"document.querySelector('{link}').click()")
        marked = browser.run(
            "[...document.querySelectorAll('#panel mark.now')].map(m => m.textContent).join('')"
        )
        assert marked == cited.quote.replace("\r\n", "\n")
        seen = browser.run(
            "(() => { const m = document.querySelector('#panel mark.now').getBoundingClientRect(),"
            " p = document.getElementById('panel').getBoundingClientRect();"
            " return m.top >= p.top && m.bottom <= Math.min(p.bottom, innerHeight) + 1; })()"
        )
        assert seen, key
    browser.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    assert browser.run("document.getElementById('panel').hidden")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_sticks_out_and_nothing_is_loaded(
    browser: Browser, page: Path, width: int
) -> None:
    browser.requests.clear()
    browser.errors.clear()
    browser.open(page, width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.requests == [page.as_uri()]
    assert browser.errors == []
