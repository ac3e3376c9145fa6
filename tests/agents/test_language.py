"""Attribution, references, clauses, denials, revisions and languages on invented sentences."""

from __future__ import annotations

import pytest

from agents.grammar import finite_verbs, noun_groups, tagged
from agents.language import (
    antecedents,
    attribution,
    clauses,
    denial,
    language_of,
    looks_english,
    needs_context,
    resolve,
    revision,
    rhetorical,
)


@pytest.mark.parametrize(
    ("sentence", "verbs"),
    [
        ("Tariffs hurt this year.", ["hurt"]),
        ("Shipments booked for April will not sail.", ["will"]),
        ("The drug cut deaths by a third while side effects rose.", ["cut", "rose"]),
        ("The backlog and the generator business help.", ["help"]),
        ("The group guides to lower sales.", ["guides"]),
        ("Lenders in the north face higher costs as prices climb.", ["face", "climb"]),
    ],
)
def test_finite_verbs(sentence: str, verbs: list[str]) -> None:
    tokens = tagged(sentence)
    assert [tokens[i].text for i in finite_verbs(tokens)] == verbs


def test_tokens_and_groups_are_spans() -> None:
    sentence = "The ten-year bond's yield didn’t rise, U.S. officials said."
    tokens = tagged(sentence)
    assert all(sentence[t.start : t.end] == t.text for t in tokens)
    groups = [sentence[tokens[a].start : tokens[b - 1].end] for a, b in noun_groups(tokens)]
    assert groups == ["The ten-year bond's yield", "U.S. officials"]


@pytest.mark.parametrize(
    ("sentence", "speaker", "verb", "source", "hedged"),
    [
        ("Two officials briefed on the plan said the port would close.",
         "Two officials briefed on the plan", "say", "anonymous", False),
        ("The port will close in May, two officials briefed on the plan said.",
         "two officials briefed on the plan", "say", "anonymous", False),
        ("According to a survey of 60 dealers by the Lausen Chamber, prices rose.",
         "a survey of 60 dealers by the Lausen Chamber", "according", "named", False),
        ("Industry watchers believe that output fell.", "Industry watchers", "believe",
         "anonymous", True),
        ("“We will not sell,” said Ana Reis, the chief executive.", "Ana Reis", "say", "named",
         False),
        ("Management expects sales to fall in 2027.", "Management", "expect", "named", False),
        ("We think the shares are cheap.", "We", "think", "author", True),
        ("Norland Bank, which lends to farmers, told brokers that fees would rise.",
         "Norland Bank, which lends to farmers", "tell", "named", False),
    ],
)  # fmt: skip
def test_attribution(sentence: str, speaker: str, verb: str, source: str, hedged: bool) -> None:
    found = attribution(sentence)
    assert found is not None
    assert found.speaker is not None
    assert found.speaker.text == speaker
    assert sentence[found.speaker.start : found.speaker.end] == speaker
    assert (found.verb, found.source, found.hedged) == (verb, source, hedged)
    assert found.proposition.text == sentence[found.proposition.start : found.proposition.end]


@pytest.mark.parametrize(
    "sentence",
    ["The plant is said to be closed.", "The lender reportedly asked for help."],
)
def test_unowned_reports_are_hedged_and_anonymous(sentence: str) -> None:
    found = attribution(sentence)
    assert found is not None
    assert found.hedged
    assert found.anonymous
    assert found.speaker is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Sales rose 4 percent.",
        "The ministry declined to comment.",
        "The loan, on terms that the ministry describes as soft, was signed in May.",
    ],
)
def test_no_attribution(sentence: str) -> None:
    assert attribution(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "open_references"),
    [
        ("It fell 4 percent.", ["It"]),
        ("They asked not to be named.", ["They"]),
        ("This cooperation began in 2024.", ["This cooperation"]),
        ("The company declined to comment.", ["The company"]),
        ("Such a move would break the treaty.", ["Such a move"]),
        ("Its shares fell.", ["Its"]),
        ("Of these, 34 are abroad.", ["these"]),
        ("It is clear that sales fell.", []),
        ("Vega said it would close its mill.", []),
        ("The report of the committee was late.", []),
        ("We sold in May.", []),
        ("The price of copper fell.", []),
    ],
)
def test_needs_context(sentence: str, open_references: list[str]) -> None:
    assert [s.text for s in needs_context(sentence)] == open_references


def test_antecedents_and_resolution() -> None:
    before = "Vega Holdings opened a mill in Lausen."
    sentence = "The company said its sales rose."
    (span,) = needs_context(sentence)
    best = antecedents([before, sentence], 1, span)[0]
    assert best == "Vega Holdings"
    assert resolve(sentence, span, best) == "Vega Holdings said its sales rose."


def test_resolution_keeps_possessives_and_capitals() -> None:
    sentence = "Its margin fell, and it's worried."
    first = needs_context(sentence)[0]
    assert resolve(sentence, first, "the bank").startswith("The bank's margin")
    with pytest.raises(ValueError, match="not at"):
        resolve("Sales fell.", first, "Vega")


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("Sales rose 4 percent, while costs fell.", ["Sales rose 4 percent", "costs fell."]),
        ("Big firms wait less; small firms wait the longest.",
         ["Big firms wait less", "small firms wait the longest."]),
        ("Sales rose and fell.", None),
        ("Between April and June the plant that makes pumps was shut.", None),
        ("The claims lodged between 4 April and the end of May were paid.", None),
        ("If sales rise and costs fall, margins will widen.", None),
        ("The minister said that \"sales rose, while costs fell\".", None),
    ],
)  # fmt: skip
def test_clauses(sentence: str, pieces: list[str] | None) -> None:
    found = clauses(sentence)
    if sentence.startswith("Sales rose 4 percent"):
        # Two-word clauses are too short to stand alone.
        assert [c.text for c in found] == [sentence]
        longer = "Sales rose 4 percent, while the costs of steel fell."
        assert [c.text for c in clauses(longer)] == [
            "Sales rose 4 percent",
            "the costs of steel fell.",
        ]
        return
    assert [c.text for c in found] == (pieces or [sentence])
    assert all(sentence[c.start : c.end] == c.text for c in found)


def test_shared_attribution_goes_with_both_clauses() -> None:
    sentence = "One official said the army would lead, while the navy would bring equipment."
    first, second = clauses(sentence)
    assert first.prefix is None
    assert second.prefix is not None
    assert second.prefix.text == "One official said"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Who gains?", "question"),
        ("What a week!", "exclamation"),
        ("Key Takeaways for Patient Investors", "heading"),
        ("Past performance does not guarantee future results.", "boilerplate"),
        ("Sales: 9,751 (2025: 7,176), +36%", None),
        ("Sales rose 4 percent.", None),
        ("Two cautions.", "fragment"),
    ],
)
def test_rhetorical(sentence: str, reason: str | None) -> None:
    assert rhetorical(sentence) == reason


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Vega denied a report that it was selling the mill.", "it was selling the mill"),
        ("The course takes 90 people, not the 240 reported earlier.", "the 240 reported earlier"),
        ("Officials called the report false.", "the report"),
        ("Vega said that it has not held talks with Carmona.", "held talks with Carmona"),
        ("He was denied entry to the country.", None),
        ("The court rejected the appeal on Monday.", None),
        ("Sales did not rise.", None),
    ],
)
def test_denial(sentence: str, denied: str | None) -> None:
    found = denial(sentence)
    assert (found.denied.text if found else None) == denied


@pytest.mark.parametrize(
    ("sentence", "old", "new"),
    [
        ("We are lowering our estimate of exports to $26 million, from the $31 million before.",
         "$31 million", "$26 million"),
        ("The agency revised the toll to 41 from 58.", "58", "41"),
    ],
)  # fmt: skip
def test_revision(sentence: str, old: str, new: str) -> None:
    found = revision(sentence)
    assert found is not None
    assert found.old is not None
    assert found.new is not None
    assert (found.old.text, found.new.text) == (old, new)


@pytest.mark.parametrize(
    "sentence",
    ["Sales fell to 14 million from 15 million.", "A lower number may reflect late filings."],
)
def test_a_changed_thing_is_no_revision(sentence: str) -> None:
    assert revision(sentence) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How much did the bank lend?", "en"),
        ("Wie viel hat die Bank verliehen?", "de"),
        ("Combien la banque a-t-elle prêté en 2024 ?", "fr"),
        ("¿Cuánto prestó el banco en 2024?", "es"),
        ("Сколько банк выдал кредитов?", "ru"),
        ("銀行はいくら貸しましたか。", "ja"),
        ("银行贷出了多少钱？", "zh"),
        ("كم أقرض البنك؟", "ar"),
        ("12", "unknown"),
    ],
)
def test_language_of(text: str, code: str) -> None:
    assert language_of(text) == code
    assert looks_english(text) is (code in ("en", "unknown"))
