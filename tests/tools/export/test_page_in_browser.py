"""The page in a real browser, driven through the DevTools protocol: no driver to install."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser, started_browser
from tests.tools.export.sample import DOCUMENTS, sample_brief
from tools.export import render_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with started_browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


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
