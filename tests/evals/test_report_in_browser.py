"""The page of a run in a real browser: readable at any width, and it asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.report import write
from tests.browser import Browser, started_browser
from tests.evals.generated_run import generated_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with started_browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write(generated_run(7), path, generated_run(4, skill=0.5))
    return path


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_page(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.run("document.documentElement.scrollWidth") == width
    past = browser.run(
        "[...document.querySelectorAll('td, th, p, li, text, figure, summary > *')].filter("
        "e => e.checkVisibility() && !e.closest('thead')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)"
    )
    assert past == []


@pytest.mark.parametrize("width", [390, 1280])
def test_words_of_a_plot_do_not_run_into_each_other(
    browser: Browser, page: Path, width: int
) -> None:
    browser.open(page, width)
    overlaps = browser.run(
        "(() => { const found = [];"
        " for (const plot of document.querySelectorAll('svg.plot')) {"
        "  const boxes = [...plot.querySelectorAll('text')].map("
        "   t => [t.textContent, t.getBoundingClientRect()]);"
        "  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {"
        "   if (p.left < q.right - 1 && q.left < p.right - 1"
        "    && p.top < q.bottom - 3 && q.top < p.bottom - 3) found.push([a, b]); })); }"
        " return found; })()"
    )
    assert overlaps == []


def test_it_asks_for_nothing_and_nothing_is_refused(browser: Browser, page: Path) -> None:
    browser.requests.clear()
    browser.errors.clear()
    browser.open(page, 1280)
    assert browser.requests == [page.as_uri()]
    assert browser.errors == []


def test_failures_open_on_paper(browser: Browser, page: Path) -> None:
    browser.open(page, 1280)
    shown = "document.querySelector('details.sample article').checkVisibility()"
    assert not browser.run(shown)
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.run(shown)
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")
