from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from evals.figure_rules import figure
from evals.report import write
from evals.report.bars import nice_top
from evals.report.plots import wilson
from evals.report.views import MOST_FAILURES
from evals.report.wording import number
from evals.results import Cited, EvalRun, Failure, Figure, Sample, Suite
from tests.evals.generated_run import generated_run

HOSTILE = '<script>alert("1")</script>\'"><img src=x onerror=alert(1)>javascript:alert(2)'


def page(run: EvalRun, folder: Path, baseline: EvalRun | None = None) -> HtmlElement:
    write(run, folder / "deep" / "report.html", baseline)
    return html.fromstring((folder / "deep" / "report.html").read_text(encoding="utf-8"))


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def one(tree: HtmlElement, path: str) -> HtmlElement:
    found = tree.xpath(path)
    assert len(found) == 1, f"{path}: {len(found)}"
    return found[0]


def run_of(*suites: Suite, **fields: Any) -> EvalRun:
    whole = {"id": "r1", "at": "2031-02-14T17:15:00+00:00", "finished": True, **fields}
    return EvalRun(**whole, suites={suite.name: suite for suite in suites})


def share(value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    return Figure(value=value, low=low, high=high, n=40, better="higher")


def suite_rows(tree: HtmlElement, name: str) -> dict[str, HtmlElement]:
    """The rows of one suite by the name of their figure."""
    path = f"//tbody[.//span[@class='name'][normalize-space()='{name}']]"
    rows = one(tree, path).xpath(".//tr[th[@scope='row']]")
    return {row.xpath("string(th/text()[1])").strip(): row for row in rows}


def test_header_says_what_was_measured(tmp_path: Path) -> None:
    run = generated_run(7)
    shown = text(one(page(run, tmp_path), "//header"))
    for said in (
        run.model, run.encoder, run.git_revision[:12], "with uncommitted changes",
        run.corpus_digest, run.machine, run.command, run.id, "2031-02-14 17:15 UTC", "Finished",
        *run.prompts, run.prompts["plan"][:12],
    ):  # fmt: skip
        assert said in shown
    assert "uncommitted" not in text(one(page(generated_run(8), tmp_path), "//header"))


def test_every_figure_has_a_row_with_its_interval_on_the_common_scale(tmp_path: Path) -> None:
    run = generated_run(7)
    tree = page(run, tmp_path)
    for name, suite in run.suites.items():
        rows = suite_rows(tree, name)
        assert list(rows) == list(suite.figures)
        for key, found in suite.figures.items():
            bars = rows[key].xpath(".//*[local-name()='svg']")
            assert len(bars) == (found.value is not None)
            if found.value is None or found.unit:
                continue
            assert f"{found.value:.3f}" in text(rows[key])
            dot = one(bars[0], ".//*[@class='dot']")
            assert float(dot.get("cx")) == pytest.approx(6 + 148 * found.value, abs=0.1)
            assert "on a scale from 0 to 1" in bars[0].get("aria-label")


def test_a_bar_beyond_its_scale_is_an_arrow_not_a_dot(tmp_path: Path) -> None:
    tree = page(run_of(Suite(name="s", figures={"r2": share(-0.4, -2.0, 0.1)})), tmp_path)
    row = suite_rows(tree, "s")["r2"]
    assert "−0.400" in text(row)
    assert one(row, ".//*[@class='dot']").tag == "path"


def test_page_loads_nothing_and_its_style_is_allowed(tmp_path: Path) -> None:
    tree = page(generated_run(7), tmp_path, generated_run(4))
    assert not tree.xpath("//script|//link|//img|//iframe|//object|//form|//base")
    assert not tree.xpath("//@style|//@src|//@*[starts-with(name(),'on')]")
    assert all(link.startswith("#") for link in tree.xpath("//@href"))
    style = one(tree, "//style").text
    assert "url(" not in style
    assert "@import" not in style
    policy = one(tree, "//meta[@http-equiv='Content-Security-Policy']").get("content")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policy
    for scheme in ("prefers-color-scheme: dark", "@media print", "max-width: 640px"):
        assert scheme in style


def test_links_and_ids_resolve(tmp_path: Path) -> None:
    tree = page(generated_run(7), tmp_path, generated_run(4, skill=0.4))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    wanted = {link[1:] for link in tree.xpath("//@href")} | set(tree.xpath("//@aria-labelledby"))
    assert wanted <= set(ids)


def test_every_failure_is_shown_with_its_citations(tmp_path: Path) -> None:
    run = generated_run(7)
    tree = page(run, tmp_path)
    for suite in run.suites.values():
        for failure in suite.failures:
            boxes = [
                article
                for article in tree.xpath("//details[@class='sample']/article")
                if failure.sentence in text(article)
                and text(article.getparent()).startswith(failure.sample)
            ]
            assert len(boxes) == 1
            shown = text(boxes[0])
            assert failure.why in shown
            assert failure.where in shown
            for cited in failure.citations:
                for part in (cited.marker, cited.quote, cited.publisher, cited.date):
                    assert part in shown
                assert cited.document in shown
    # Grouped by sample: no sample of a suite has two groups.
    for place in range(1, len(run.suites) + 1):
        names = tree.xpath(
            f"//section[@aria-labelledby='suite-{place}-failures']"
            "/details[@class='sample']/summary/strong/text()"
        )
        assert len(names) == len(set(names))


def test_everything_from_the_run_is_escaped(tmp_path: Path) -> None:
    failure = Failure(
        sample=HOSTILE, where=HOSTILE, sentence=HOSTILE, why=HOSTILE,
        citations=(
            Cited(
                marker=HOSTILE, quote=HOSTILE, document=HOSTILE, publisher=HOSTILE, date=HOSTILE
            ),
        ),
    )  # fmt: skip
    cost = {HOSTILE: {"calls": 1, "prompt_tokens": 9, "seconds": 1.0}}
    three = Figure(value=3, n=1, better="lower", unit=HOSTILE, note=HOSTILE)
    suite = Suite(
        name=HOSTILE, figures={HOSTILE: three}, failures=(failure,), note=HOSTILE, unscored=1,
        samples=(Sample(id=HOSTILE, error=HOSTILE),), partial=True,
        plots={"cost": cost, "reliability": HOSTILE, HOSTILE: HOSTILE},
    )  # fmt: skip
    names = (
        "id", "at", "git_revision", "model", "engine", "corpus_digest", "data", "encoder",
        "machine", "command",
    )  # fmt: skip
    fields: dict[str, Any] = dict.fromkeys(names, HOSTILE)
    run = EvalRun(**fields, prompts={HOSTILE: HOSTILE}, suites={HOSTILE: suite})
    tree = page(run, tmp_path, run.model_copy(update={"suites": {}, "model": "other"}))
    assert not tree.xpath("//script|//img|//@onerror|//@src|//@style")
    assert all(re.fullmatch(r"#[a-z0-9-]+", link) for link in tree.xpath("//@href"))
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in tree.xpath("//@id"))
    raw = (tmp_path / "deep" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in raw
    assert "<img" not in raw
    assert HOSTILE in text(one(tree, "//article[@class='failure']/p[@class='sentence']"))


def test_control_characters_and_lone_surrogates_do_not_break_the_page(tmp_path: Path) -> None:
    failure = Failure(sample="a\ud800", where="w\x00", sentence="x\u202ey\x1b[2J", why="\udfff?")
    tree = page(run_of(Suite(name="s", failures=(failure,))), tmp_path)
    assert "xy[2J" in text(one(tree, "//article"))


def test_suite_without_figures_and_run_without_suites(tmp_path: Path) -> None:
    tree = page(run_of(Suite(name="empty")), tmp_path)
    assert "No figures." in text(one(tree, "//tbody"))
    assert "no failures" in text(one(tree, "//tbody"))
    assert not tree.xpath("//figure|//details[@class='sample']")
    assert "No suite has run yet." in text(page(run_of(), tmp_path))


def test_no_figure_is_never_a_number(tmp_path: Path) -> None:
    figures = {
        "none": Figure(value=None, n=0, better="higher", note="one class only"),
        "nan": Figure(value=float("nan"), n=2, better="higher"),
    }
    rows = suite_rows(page(run_of(Suite(name="s", figures=figures)), tmp_path), "s")
    assert text(rows["none"]) == "none ↑one class only no figure n 0"
    assert "no figure" in text(rows["nan"])
    assert not rows["nan"].xpath(".//*[local-name()='svg']")


def test_unscored_samples_are_counted_and_named(tmp_path: Path) -> None:
    samples = (Sample(id="a", scores={"x": 1.0}), Sample(id="b", error="no answer within 60 s"))
    suite = Suite(name="s", samples=samples, unscored=1, figures={"x": share(1.0)})
    tree = page(run_of(suite), tmp_path)
    assert "2 samples · 1 unscored" in text(one(tree, "//tr[@class='suite']"))
    shown = text(one(tree, "//details[@class='unscored']"))
    assert "1 sample could not be scored" in shown
    assert "b no answer within 60 s" in shown
    assert "1 unscored" in text(one(tree, "//header"))


def test_many_failures_are_cut_and_counted(tmp_path: Path) -> None:
    failures = tuple(
        Failure(sample=f"q{n // 7}", where="facts", sentence=f"Sentence {n}.", why="wrong")
        for n in range(500)
    )
    samples = (Sample(id="q3", kind="negation"), Sample(id="q4"))
    tree = page(run_of(Suite(name="s", failures=failures, samples=samples)), tmp_path)
    assert tree.xpath("//details[@class='sample']//*[@class='kind']/text()") == ["negation"]
    assert len(tree.xpath("//article[@class='failure']")) == MOST_FAILURES == 200
    assert "300 more failures not shown" in text(one(tree, "//p[@class='owner left-out']"))
    assert "500 failures" in text(one(tree, "//tr[@class='suite']"))
    short = tuple(failures[:200])
    tree = page(run_of(Suite(name="s", failures=short)), tmp_path)
    assert not tree.xpath("//p[contains(@class,'left-out')]")


def test_partial_run_says_so_first(tmp_path: Path) -> None:
    run = generated_run(8, finished=False)
    tree = page(run, tmp_path)
    banner = text(one(tree, "//div[@role='note']"))
    assert banner.startswith("Partial.")
    assert "Not complete: verify." in banner
    assert "Partial" in text(one(tree, "//span[contains(@class,'status')]"))
    assert "(partial)" in one(tree, "//title").text
    assert "interrupted after 61 of 160 rows" in text(tree)
    assert not page(generated_run(8), tmp_path).xpath("//div[@role='note']")


def test_plots_are_drawn_with_their_counts(tmp_path: Path) -> None:
    run = generated_run(7)
    tree = page(run, tmp_path)
    kinds = tree.xpath("//figure/@class")
    assert sorted(kinds) == [
        "confusion", "cost", "cost", "dropped", "precision_coverage", "reliability", "scatter",
    ]  # fmt: skip
    bins = run.suites["verify"].plots["reliability"]
    plot = one(tree, "//figure[@class='reliability']")
    assert len(plot.xpath(".//*[@class='dot']")) == len(bins)
    shown = plot.xpath(".//*[local-name()='text']/text()")
    assert {str(b["count"]) for b in bins} <= set(shown)
    spreads = plot.xpath(".//*[@class='spread']")
    for b, spread in zip(bins, spreads, strict=True):
        low, high = wilson(b["right"], b["count"])
        # The y axis goes from 222 (nothing right) up to 26 (all right).
        assert float(spread.get("y1")) == pytest.approx(222 - 196 * low, abs=0.1)
        assert float(spread.get("y2")) == pytest.approx(222 - 196 * high, abs=0.1)
    matrix = run.suites["verify"].plots["confusion"]
    cells = tree.xpath("//figure[@class='confusion']//*[@class='in-cell']/text()")
    assert cells == [str(n) for row in matrix.values() for n in row.values()]
    points = tree.xpath("//figure[@class='scatter']//*[@class='point']")
    assert len(points) == len(run.suites["sentiment"].plots["scatter"])
    near = run.suites["sentiment"].figures["in_range"].value
    assert near is not None
    assert f"{near:.0%} of 90 rows" in text(one(tree, "//figure[@class='scatter']"))


def test_cost_bars_add_up_to_the_tokens_of_a_stage(tmp_path: Path) -> None:
    stages = {
        "plan": {"calls": 2, "prompt_tokens": 80, "cached_tokens": 30, "completion_tokens": 20,
                 "seconds": 4.0},
        "write": {"calls": 1, "prompt_tokens": 40, "cached_tokens": 0, "completion_tokens": 10,
                  "seconds": 8.0},
    }  # fmt: skip
    tree = page(run_of(Suite(name="s", plots={"cost": stages})), tmp_path)
    width = {
        kind: [float(w) for w in tree.xpath(f"//*[local-name()='rect'][@class='{kind}']/@width")]
        for kind in ("cached", "read", "written", "seconds")
    }
    assert width == {
        "cached": [108.0], "read": [180.0, 144.0], "written": [72.0, 36.0],
        "seconds": [180.0, 360.0],
    }  # fmt: skip
    assert "1 call · 50 tokens · 8.0 s" in text(one(tree, "//figure"))


@pytest.mark.parametrize(
    "plots",
    [
        {"reliability": "nonsense"},
        {"reliability": [{"from": 0.1, "count": 3, "sure": 7, "right": 0.5}]},
        {"precision_coverage": [[0.1]]},
        {"scatter": [[0.1, None]]},
        {"cost": {"plan": {"calls": -1}}},
        {"confusion": {"a": [1]}},
        {"dropped": {"figure": -1}},
    ],
)
def test_plot_that_cannot_be_read_says_so(tmp_path: Path, plots: dict[str, Any]) -> None:
    tree = page(run_of(Suite(name="s", plots=plots)), tmp_path)
    assert "Not drawn: " in text(one(tree, "//figure"))
    assert not tree.xpath("//figure//*[local-name()='svg']")


@pytest.mark.parametrize(
    "plots",
    [
        {"reliability": []}, {"precision_coverage": [[0.0, None]]}, {"scatter": []},
        {"cost": {"plan": {}}}, {"unknown": [1]}, {"dropped": {}}, {"confusion": {"a": {}}},
    ],
)  # fmt: skip
def test_plot_of_nothing_is_left_out(tmp_path: Path, plots: dict[str, Any]) -> None:
    assert not page(run_of(Suite(name="s", plots=plots)), tmp_path).xpath("//figure")


def test_change_against_the_baseline(tmp_path: Path) -> None:
    def suite(**figures: Figure) -> Suite:
        return Suite(name="s", figures=figures)

    lower = Figure(value=9, low=8.5, high=9.5, n=40, better="lower", unit="violations")
    now = suite(
        up=share(0.9, 0.88, 0.92), down=share(0.5, 0.48, 0.52), same=share(0.7, 0.6, 0.8),
        more_violations=lower, added=share(0.5), lost=share(None),
    )  # fmt: skip
    then = suite(
        up=share(0.7, 0.68, 0.72), down=share(0.8, 0.78, 0.82), same=share(0.72, 0.62, 0.82),
        more_violations=lower.model_copy(update={"value": 1, "low": 0.5, "high": 1.5}),
        lost=share(0.5), gone=share(0.4),
    )  # fmt: skip
    tree = page(run_of(now), tmp_path, run_of(then, Suite(name="t"), id="old", model="older"))
    words = {name: text(row.xpath("td")[-1]) for name, row in suite_rows(tree, "s").items()}
    assert words == {
        "up": "▲ better +0.200 from 0.700",
        "down": "▼ worse −0.300 from 0.800",
        "same": "≈ within noise −0.020 from 0.720",
        "more_violations": "▼ worse +8 from 1",
        "added": "+ new",
        "lost": "? no longer a figure from 0.500",
    }
    moved = [text(item) for item in tree.xpath("//ul[@class='moves']/li")]
    assert [m.split()[1] for m in moved] == ["worse", "worse", "no", "better"]
    shown = text(tree)
    assert "Only in the baseline: gone." in shown
    assert "Differs in model: older → none." in shown
    assert "only old has t" in shown


def test_paired_change_names_the_samples_that_moved_most(tmp_path: Path) -> None:
    def suite(*scores: float) -> Suite:
        samples = tuple(Sample(id=f"q{n}", scores={"x": x}) for n, x in enumerate(scores))
        return Suite(name="s", samples=samples, figures={"x": figure(samples, "mean x", "higher")})

    tree = page(
        run_of(suite(0, 0, 0.5, 0, 1, 0)), tmp_path, run_of(suite(1, 1, 1, 1, 1, 0.9), id="old")
    )
    moved = text(one(tree, "//ul[@class='moves']/li"))
    assert moved.startswith("▼ worse s x 0.250, −0.733 from 0.983 difference −0.983 to −0.")
    assert moved.endswith("most in q0 1 → 0, q1 1 → 0, q3 1 → 0")
    # One sample has no R² of its own: it is named without a figure.
    tree = page(generated_run(7), tmp_path, generated_run(7, skill=0.3))
    (r2,) = (t for t in map(text, tree.xpath("//ul[@class='moves']/li")) if "sentiment r2" in t)
    assert re.search(r"most in s\d\d, s\d\d, s\d\d$", r2)


def test_unfinished_baseline_and_other_data_are_warned_of(tmp_path: Path) -> None:
    run = run_of(Suite(name="s", data_digest="aa"))
    before = run_of(Suite(name="s", data_digest="bb"), id="old", finished=False)
    shown = text(one(page(run, tmp_path, before), "//header"))
    assert "Mind: old is unfinished." in shown
    assert "s: the data differ" in shown


def test_samples_that_the_baseline_had_right_come_first(tmp_path: Path) -> None:
    def suite(*failed: str, error: str = "") -> Suite:
        samples = tuple(Sample(id=i, error=error if i == "c" else "") for i in "abc")
        wrong = tuple(Failure(sample=name, where="w", why="y") for name in failed)
        return Suite(name="s", samples=samples, failures=wrong)

    tree = page(
        run_of(suite("a", "b", "c")), tmp_path, run_of(suite("a", error="server closed"))
    )
    heads = [text(s) for s in tree.xpath("//details[@class='sample']/summary")]
    assert [h.split()[0] for h in heads] == ["b", "a", "c"]
    assert ["new" in h.split() for h in heads] == [True, False, False]


def test_same_run_gives_the_same_page(tmp_path: Path) -> None:
    write(generated_run(5), tmp_path / "a.html", generated_run(4))
    write(generated_run(5), tmp_path / "b.html", generated_run(4))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_wilson_interval_of_a_known_case() -> None:
    # Newcombe 1998, table I: 81 of 263.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(1.0, 5)[1] == 1.0
    assert wilson(0.0, 5)[0] == 0.0


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (0.7, 1), (1, 1), (1.2, 2), (45, 50), (501, 1000), (0.03, 0.05)]
)
def test_nice_scale(highest: float, top: float) -> None:
    assert nice_top(highest) == pytest.approx(top)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.5, "", "0.500"), (-0.0421, "", "−0.042"), (None, "tokens", "no figure"),
        (29.97, "seconds", "30"), (0.125, "seconds", "0.12"), (10, "tokens", "10"),
        (10234.6, "tokens", "10,235"), (0, "violations", "0"), (-3, "violations", "−3"),
    ],
)  # fmt: skip
def test_numbers_have_the_digits_that_help(value: float | None, unit: str, shown: str) -> None:
    assert number(value, unit) == shown
