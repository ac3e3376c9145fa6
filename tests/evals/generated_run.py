"""Runs that look like real ones, drawn from a seed: every figure follows from its samples."""

from __future__ import annotations

from random import Random
from typing import Any

from evals.calibration import reliability
from evals.figure_rules import figure
from evals.results import Better, Cited, EvalRun, Failure, Figure, Sample, Suite

FIRMS = ("Alder Tin", "Beck Metals", "Corvin Rail", "Dunmore Gas", "Esk Shipping", "Farrow Chem")
OUTLETS = ("Hill Gazette", "Ore Ledger", "Quarry Post", "Sound & Strait", "Tarn Bulletin")
VERBS = ("sold", "ordered", "cancelled", "shipped", "insured", "leased")
THINGS = ("tonnes of tin", "wagons", "cargoes", "turbine blades", "barrels of condensate")
MONTHS = ("January", "March", "May", "August", "October", "December")
WHYS = (
    '"{number}" is in none of its quotes',
    'drops who says it: the source has "{outlet} understands"',
    "the quote is about {firm}, the sentence about another",
    "said of a plan, written as done",
    'the source has "about {number}", the sentence "{number}"',
)
LABELS = ("SUPPORTED", "REFUTED", "NEI")
STAGES = ("plan", "extract", "verify", "sentiment", "position", "write", "audit")


def generated_run(
    seed: int = 7, *, skill: float = 0.8, finished: bool = True, label: str = "a"
) -> EvalRun:
    """A whole run. seed: another one draws other answers to the same samples; skill: about the
    share of what is right."""
    random = Random(seed)
    suites = (
        _citations(random, skill),
        _desk(random, skill),
        _verify(random, skill),
        _sentiment(random, skill),
        _retrieval(random, skill),
        _cost(random, skill),
    )
    kept = suites if finished else (*suites[:2], suites[2].model_copy(update=_STOPPED))
    return EvalRun(
        id=f"20310{1 + seed % 9}14-17150{seed % 10}-{label * 6}",
        at="2031-02-14T17:15:00+00:00",
        finished=finished,
        git_revision=f"{random.getrandbits(160):040x}",
        git_dirty=seed % 2 == 1,
        model="tin-instruct-1.5b-q4_k_m",
        engine="embedded",
        prompts={name: f"{random.getrandbits(64):016x}" for name in (*STAGES, "question", "row")},
        corpus_digest="5a0c93d1b6e84f27",
        data="package",
        encoder="claims-21m-int8, sentiment-21m-int8",
        machine="2 cores, x86_64, 8 GiB, Linux",
        command="underwrite eval --html report.html --baseline fast",
        suites={suite.name: suite for suite in kept},
    )


_STOPPED = {"partial": True, "note": "interrupted after 61 of 160 rows"}


def sentence(random: Random) -> str:
    return (
        f"{random.choice(FIRMS)} {random.choice(VERBS)} {random.randint(2, 900) * 50:,} "
        f"{random.choice(THINGS)} in {random.choice(MONTHS)}, {random.randint(2, 40)} percent "
        f"{random.choice(('more', 'less'))} than a year before, {random.choice(OUTLETS)} reports."
    )


def failure(random: Random, sample: str, where: str) -> Failure:
    firm, number, outlet = random.choice(FIRMS), random.randint(3, 99), random.choice(OUTLETS)
    cited = tuple(
        Cited(
            marker=f"[{place}]",
            quote=sentence(random).split(", ")[0] + ".",
            document=f"doc_{random.getrandbits(64):016x}",
            publisher=random.choice(OUTLETS),
            date=f"2030-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        )
        for place in range(1, random.randint(1, 3) + 1)
    )
    why = random.choice(WHYS).format(firm=firm, number=number, outlet=outlet)
    return Failure(
        sample=sample, where=where, sentence=sentence(random), citations=cited, why=why
    )


def _share(random: Random, skill: float) -> float:
    return float(random.random() < skill)


def _figures(
    samples: tuple[Sample, ...], rules: dict[str, tuple[str, Better, str]]
) -> dict[str, Figure]:
    return {
        name: figure(samples, rule, better, unit=unit, draws=100)
        for name, (rule, better, unit) in rules.items()
    }


def _suite(
    name: str,
    samples: list[Sample],
    rules: dict[str, tuple[str, Better, str]],
    failures: list[Failure],
    **more: Any,
) -> Suite:
    whole = tuple(samples)
    return Suite(
        name=name,
        figures=_figures(whole, rules),
        samples=whole,
        failures=tuple(failures),
        unscored=sum(bool(s.error) for s in whole),
        **more,
    )


def _citations(random: Random, skill: float) -> Suite:
    samples, failures = [], []
    for number in range(1, 25):
        name = f"q{number:02}"
        count = random.randint(3, 9)
        good = sum(_share(random, 0.6 + skill / 2.2) for _ in range(count))
        scores = {"sentences": float(count), "precise": good, "recalled": max(0.0, good - 1)}
        samples.append(Sample(id=name, scores={**scores, "dropped": float(random.randint(0, 3))}))
        failures += [
            failure(random, name, f"precision summary[{place}]")
            for place in range(round(count - good))
        ]
    return _suite(
        "citations",
        samples,
        {
            "precision": ("ratio precise sentences", "higher", ""),
            "recall": ("ratio recalled sentences", "higher", ""),
            "dropped": ("sum dropped", "neither", "sentences"),
        },
        failures,
        plots={"dropped": {"figure": 14, "who says it": 9, "more than the line": 5, "date": 1}},
        seconds=18.4,
        data_digest="77aa",
    )


def _desk(random: Random, skill: float) -> Suite:
    samples, failures = [], []
    for number in range(1, 25):
        name = f"q{number:02}"
        if number == 17:
            samples.append(Sample(id=name, error="the model server closed the connection"))
            continue
        broken = sum(random.random() > 0.75 for _ in range(4))
        samples.append(
            Sample(
                id=name,
                scores={
                    "facts": round(min(1.0, max(0.0, random.gauss(skill, 0.25))), 2),
                    "status": _share(random, skill + 0.1),
                    "must_cite": _share(random, skill),
                    "contradictions": _share(random, skill) if number % 4 == 0 else None,
                    "sentiment": _share(random, skill - 0.1),
                    "violations": float(broken),
                    "seconds": random.uniform(40, 120),
                },
            )
        )
        failures += [failure(random, name, f"2.figure summary[{n}]") for n in range(broken)]
    return _suite(
        "desk",
        samples,
        {
            "facts": ("mean facts", "higher", ""),
            "status": ("mean status", "higher", ""),
            "must_cite": ("mean must_cite", "higher", ""),
            "contradictions": ("mean contradictions", "higher", ""),
            "sentiment": ("mean sentiment", "higher", ""),
            "ablated_abstains": ("mean ablated", "higher", ""),
            "violations_error_total": ("sum violations", "lower", "violations"),
            "seconds_mean": ("mean seconds", "lower", "seconds"),
        },
        failures,
        plots={"cost": _stages(random)},
        seconds=1840.0,
        data_digest="12bc",
    )


def _verify(random: Random, skill: float) -> Suite:
    samples, failures, gold, odds = [], [], [], []
    for number in range(1, 161):
        name = f"c{number:03}"
        label = random.randrange(3)
        sure = random.uniform(0.36, 0.995)
        right = random.random() < sure * (skill + 0.15)
        said = label if right else (label + random.randint(1, 2)) % 3
        row = [(1 - sure) / 2] * 3
        row[said] = sure
        gold.append(label)
        odds.append(row)
        samples.append(Sample(id=name, scores={"gold": float(label), "said": float(said)}))
        if not right:
            failures.append(failure(random, name, "accuracy"))
    matrix = {name: dict.fromkeys(LABELS, 0) for name in LABELS}
    for g, row in zip(gold, odds, strict=True):
        matrix[LABELS[g]][LABELS[row.index(max(row))]] += 1
    ranked = sorted(
        ((max(row), float(row.index(max(row)) == g)) for row, g in zip(odds, gold, strict=True)),
        reverse=True,
    )
    kept = [right for _, right in ranked]
    curve = [[(n / 160), sum(kept[:n]) / n] for n in range(8, 161, 8)]
    return _suite(
        "verify",
        samples,
        {
            "accuracy": ("accuracy gold said", "higher", ""),
            "balanced_accuracy": ("balanced_accuracy gold said", "higher", ""),
            "macro_f1": ("macro_f1 gold said", "higher", ""),
        },
        failures,
        plots={
            "reliability": reliability(gold, odds),
            "precision_coverage": curve,
            "confusion": matrix,
        },
        seconds=41.0,
        data_digest="90de",
    )


def _sentiment(random: Random, skill: float) -> Suite:
    samples, failures, pairs = [], [], []
    for number in range(1, 91):
        name = f"s{number:02}"
        gold = round(random.uniform(-1, 1), 2)
        said = round(max(-1.0, min(1.0, random.gauss(gold * skill, 0.25))), 2)
        pairs.append([gold, said])
        near = abs(gold - said) <= 0.3
        samples.append(
            Sample(id=name, scores={"gold": gold, "said": said, "in_range": float(near)})
        )
        if not near:
            why = f"said {said:+.2f}, expected {gold - 0.3:+.2f} to {gold + 0.3:+.2f}"
            failures.append(
                Failure(sample=name, where="in_range", sentence=sentence(random), why=why)
            )
    return _suite(
        "sentiment",
        samples,
        {
            "in_range": ("mean in_range", "higher", ""),
            "r2": ("r2 gold said", "higher", ""),
            "mse": ("mse gold said", "lower", ""),
        },
        failures,
        plots={"scatter": pairs},
        seconds=12.0,
        data_digest="34f0",
    )


def _retrieval(random: Random, skill: float) -> Suite:
    samples = [
        Sample(id=f"r{n:02}", scores={"ndcg": min(1.0, max(0.0, random.gauss(skill, 0.2)))})
        for n in range(1, 61)
    ]
    rules: dict[str, tuple[str, Better, str]] = {"ndcg_at_10": ("mean ndcg", "higher", "")}
    return _suite("retrieval", samples, rules, [], seconds=9.0, data_digest="ab12")


def _cost(random: Random, skill: float) -> Suite:
    samples = [
        Sample(id=f"q{n:02}", scores={"tokens": random.uniform(6000, 14000)}) for n in range(1, 25)
    ]
    return _suite(
        "cost",
        samples,
        {"tokens_mean": ("mean tokens", "lower", "tokens")},
        [],
        plots={"cost": _stages(random)},
        data_digest="12bc",
    )


def _stages(random: Random) -> dict[str, dict[str, float]]:
    stages = {}
    for stage in STAGES:
        calls = random.randint(20, 400)
        prompt = calls * random.randint(200, 900)
        stages[stage] = {
            "calls": calls,
            "prompt_tokens": prompt,
            "cached_tokens": int(prompt * random.uniform(0.2, 0.8)),
            "completion_tokens": calls * random.randint(8, 70),
            "seconds": round(calls * random.uniform(0.2, 1.6), 1),
        }
    return stages
