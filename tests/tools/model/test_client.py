from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import httpx2
import pytest

from agents.ports import ModelAnswerInvalid, ModelUnusable, PromptTooLong, Usage
from tests.tools.model.fake_server import (
    GOOD,
    LLAMA,
    SCHEMA,
    VLLM,
    FakeServer,
    answer,
    next_token,
    question,
    refusal,
)
from tools.model.ledger import Ledger

NO_CONNECTION = httpx2.ConnectError("connection refused")


async def test_the_request_is_laid_out_shared_first_and_constrained() -> None:
    server = FakeServer()
    reply = await server.model().fill(question())
    assert reply.data == GOOD
    [asked] = server.asked
    assert asked["messages"] == [
        {"role": "system", "content": "You are careful."},
        {
            "role": "user",
            "content": "Lines are data.\n\n[1] Orders rose.\n[2] Prices fell.\n\nWho benefits?",
        },
    ]
    assert (asked["temperature"], asked["seed"], asked["max_tokens"]) == (0, 0, 50)
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert asked["model"] == "served"


async def test_the_first_listed_model_is_used_unless_one_is_named() -> None:
    server = FakeServer(models=[VLLM, {**VLLM, "id": "other"}])
    model = server.model()
    with pytest.raises(ModelUnusable):
        _ = model.name
    await model.connect()
    assert model.name == "served"
    named = server.model(model="other")
    await named.fill(question())
    assert server.asked[-1]["model"] == "other"
    with pytest.raises(ModelUnusable, match=r"UNDERWRITE_MODEL=absent .* served, other"):
        await server.model(model="absent").fill(question())
    with pytest.raises(ModelUnusable, match="lists no model"):
        await FakeServer(models=[]).model().connect()


@pytest.mark.parametrize(
    "failure",
    [
        NO_CONNECTION, httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut"),
        refusal(408), refusal(409), refusal(429), refusal(500), refusal(503),
    ],
)  # fmt: skip
async def test_what_waiting_can_mend_is_asked_again(failure: Any) -> None:
    server = FakeServer(failure, failure, answer())
    assert (await server.model().fill(question())).data == GOOD
    assert len(server.asked) == 3
    assert len(server.waits) == 2
    assert all(0 < wait <= 20 for wait in server.waits)


async def test_a_server_may_say_how_long_to_wait() -> None:
    server = FakeServer(refusal(429, retry_after="7"), refusal(429, retry_after="86400"), answer())
    await server.model().fill(question())
    assert server.waits[0] == 7
    assert server.waits[1] <= 20


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (401, "UNDERWRITE_API_KEY"),
        (403, "UNDERWRITE_API_KEY"),
        (404, "UNDERWRITE_MODEL "),
        (400, "UNDERWRITE_MODEL_URL"),
        (422, "UNDERWRITE_MODEL_URL"),
    ],
)
async def test_what_waiting_cannot_mend_is_not_and_names_the_setting(
    status: int, named: str
) -> None:
    server = FakeServer(refusal(status, "the reason"))
    with pytest.raises(ModelUnusable, match=named) as error:
        await server.model().fill(question())
    assert "the reason" in str(error.value)
    assert len(server.asked) == 1
    assert server.waits == []


@pytest.mark.parametrize("failure", [NO_CONNECTION, httpx2.ReadTimeout("slow"), refusal(429)])
async def test_a_server_that_stays_away_ends_the_run(failure: Any) -> None:
    server = FakeServer(failure)
    with pytest.raises(ModelUnusable, match="UNDERWRITE_MODEL_URL"):
        await server.model(attempts=4).fill(question())
    assert len(server.asked) == 4


async def test_a_request_that_breaks_a_living_server_fails_alone() -> None:
    with pytest.raises(ModelAnswerInvalid, match="failed on this request"):
        await FakeServer(refusal(500)).model(attempts=2).fill(question())


async def test_a_server_that_is_not_one_is_named() -> None:
    async def web_page(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, text="<html>", headers={"content-type": "text/html"})

    server = FakeServer()
    server.respond = web_page  # type: ignore[method-assign]
    with pytest.raises(ModelUnusable, match="OpenAI-compatible"):
        await server.model().connect()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer('{"name": "Rhei', "length"), "cut at 7 tokens"),
        (answer(""), "empty"),
        (answer(None), "empty"),
        (answer("<think>who?</think>"), "only thinking"),
        (answer("<think>who?"), "not JSON"),
        (answer("Rheinmetall benefits."), "not JSON"),
        (answer("[1]"), "not a JSON object"),
        (answer({"name": "x"}), "off its schema"),
        (answer({"name": "x", "line": 3}), r"off its schema at \$.line"),
        (answer({"name": "x", "line": 1, "more": 1}), "off its schema"),
        (answer("x", "content_filter"), "content filter"),
        (answer(None, refusal="I will not"), "refused: I will not"),
    ],
)
async def test_answers_that_are_none_are_typed_and_say_what_was_spent(
    reply: httpx2.Response, reason: str
) -> None:
    server = FakeServer(reply)
    model = server.model()
    with pytest.raises(ModelAnswerInvalid, match=reason) as error:
        await model.fill(question())
    assert error.value.usage is not None
    assert error.value.usage.completion_tokens == 7
    assert len(server.asked) == 1
    assert model.usage()["position"].completion_tokens == 7


@pytest.mark.parametrize("before", ["<think>who?\n</think>\n\n", "the end of it</think>", " \n"])
async def test_thinking_in_front_of_an_answer_is_taken_off(before: str) -> None:
    assert (
        await FakeServer(answer(before + json.dumps(GOOD))).model().fill(question())
    ).data == GOOD


async def test_tags_inside_an_answer_stay() -> None:
    good = {"name": "a <think>b</think> c", "line": 1}
    assert (await FakeServer(answer(good)).model().fill(question())).data == good


async def test_tokens_are_counted_by_stage() -> None:
    model = FakeServer().model()
    reply = await model.fill(question())
    assert reply.usage.model_copy(update={"seconds": 0.0}) == Usage(
        prompt_tokens=100, cached_tokens=64, completion_tokens=7, calls=1
    )
    await model.fill(question(task="And who loses?"))
    await model.fill(question(stage="write"))
    assert {stage: usage.calls for stage, usage in model.usage().items()} == {
        "position": 2,
        "write": 1,
    }
    assert model.usage()["position"].cached_tokens == 128


def test_time_in_flight_is_counted_once() -> None:
    now = iter([0.0, 10.0])
    ledger = Ledger(clock=lambda: next(now))
    with ledger.in_flight("verify"), ledger.in_flight("verify"):
        pass
    assert ledger.by_stage()["verify"].seconds == 10.0


async def test_equal_questions_at_once_are_asked_once() -> None:
    server = FakeServer()
    model = server.model()
    await model.connect()
    replies = await asyncio.gather(*(model.fill(question()) for _ in range(5)))
    assert len(server.asked) == 1
    assert [reply.data for reply in replies] == [GOOD] * 5
    assert sum(reply.usage.prompt_tokens for reply in replies) == 100
    await model.fill(question())
    assert len(server.asked) == 2, "an answer is kept by the cache, not by the client"


async def test_one_who_gives_up_does_not_take_the_answer_from_others() -> None:
    released = asyncio.Event()

    async def later() -> httpx2.Response:
        await released.wait()
        return answer()

    server = FakeServer(lambda body: later())
    model = server.model()
    first, second = (asyncio.create_task(model.fill(question())) for _ in range(2))
    while not server.asked:  # noqa: ASYNC110 - lets the two tasks reach the server
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    released.set()
    assert (await second).data == GOOD
    assert len(server.asked) == 1


async def test_no_more_requests_run_at_once_than_allowed() -> None:
    running = peak = 0

    async def slow() -> httpx2.Response:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        for _ in range(5):
            await asyncio.sleep(0)
        running -= 1
        return answer()

    server = FakeServer(lambda body: slow())
    model = server.model(concurrency=3)
    await asyncio.gather(*(model.fill(question(task=f"Question {n}?")) for n in range(12)))
    assert peak == 3
    assert len(server.asked) == 12


async def test_passages_are_dropped_whole_from_the_end_and_counted() -> None:
    server = FakeServer(models=[{**VLLM, "max_model_len": 400}])
    lines = tuple(f"[{n}] " + "word " * 50 for n in range(1, 11))
    reply = await server.model().fill(question(passages=lines))
    kept = server.asked[0]["messages"][1]["content"].split("\n\n")[1].split("\n")
    assert reply.dropped_passages == 10 - len(kept) > 0
    assert kept == [line.strip() for line in lines[: len(kept)]]
    # 400 - 50 for the answer - 96 for the template hold four lines of 51 words, not five.
    assert len(kept) == 4


async def test_a_short_prompt_is_not_counted_at_the_server() -> None:
    server = FakeServer()
    await server.model().fill(question())
    assert "/tokenize" not in server.paths


async def test_a_question_that_cannot_fit_is_refused_without_asking() -> None:
    server = FakeServer(models=[{**VLLM, "max_model_len": 200}])
    with pytest.raises(PromptTooLong, match="200 tokens"):
        await server.model().fill(question(task="word " * 300))
    assert server.asked == []


async def test_a_server_that_finds_it_too_long_after_all() -> None:
    words = "This model's maximum context length is 4096 tokens."
    with pytest.raises(PromptTooLong, match="maximum context length"):
        await FakeServer(refusal(400, words)).model().fill(question())


async def test_a_line_break_cannot_make_two_passages_of_one() -> None:
    server = FakeServer()
    await server.model().fill(question(passages=("[1] a\n[2] b\u2028c\r\n",)))
    assert "\n\n[1] a [2] b c\n\n" in server.asked[0]["messages"][1]["content"]


async def test_choices_come_from_the_next_tokens_in_any_spelling() -> None:
    server = FakeServer(
        next_token(("Yes", math.log(0.5)), (" yes", math.log(0.1)), ("No", math.log(0.2)),
                   ("Maybe", math.log(0.1)))
    )  # fmt: skip
    chosen = await server.model().choose(question(answer_schema=None), ["yes", "no"])
    assert chosen == pytest.approx({"yes": 0.75, "no": 0.25})
    [asked] = server.asked
    assert (asked["max_tokens"], asked["logprobs"], asked["top_logprobs"]) == (1, True, 20)
    assert "response_format" not in asked


async def test_the_beginning_of_an_option_counts_unless_two_share_it() -> None:
    tokens = (("contr", math.log(0.4)), ("st", math.log(0.2)), ("support", math.log(0.3)))
    chosen = await FakeServer(next_token(*tokens)).model().choose(
        question(), ["stated", "contradicted", "supported"]
    )  # fmt: skip
    assert chosen["contradicted"] == pytest.approx(4 / 9)
    assert chosen["supported"] == pytest.approx(3 / 9)
    shared = await FakeServer(next_token(("s", -0.1), ("sell", -3.0))).model().choose(
        question(), ["stay", "sell"]
    )  # fmt: skip
    assert shared["sell"] == pytest.approx(0.5), "the shared letter counts for neither"


async def test_an_unlisted_option_gets_the_upper_bound() -> None:
    tokens = (("yes", math.log(0.9)), ("Well", math.log(0.01)))
    chosen = await FakeServer(next_token(*tokens)).model().choose(question(), ["yes", "no"])
    assert chosen["no"] == pytest.approx(0.01 / 0.91)


async def test_a_model_that_says_something_else_chose_nothing() -> None:
    with pytest.raises(ModelAnswerInvalid, match=r"none of yes, no .*'Well'"):
        await FakeServer(next_token(("Well", -0.1))).model().choose(question(), ["yes", "no"])


async def test_a_server_that_lists_fewer_alternatives() -> None:
    server = FakeServer(refusal(400, "top_logprobs must be at most 5"), next_token(("yes", -0.1)))
    model = server.model()
    await model.choose(question(), ["yes", "no"])
    await model.choose(question(task="Again?"), ["yes", "no"])
    assert [asked["top_logprobs"] for asked in server.asked] == [20, 5, 5]


async def test_a_server_without_logprobs_is_unusable() -> None:
    with pytest.raises(ModelUnusable, match="log-probabilities"):
        await FakeServer(answer("yes")).model().choose(question(), ["yes", "no"])


async def test_tokens_are_those_of_the_served_model() -> None:
    for models in ([VLLM], [LLAMA]):
        assert await FakeServer(models=models).model().count_tokens("one two three") == 3
    other = FakeServer(models=[{"id": "x", "owned_by": "someone"}]).model()
    assert await other.count_tokens("one two three") == 5
    assert await other.count_tokens("七十个无人机") >= 6
    facts = await other.connect()
    assert (facts.context, facts.context_known) == (4096, False)


async def test_fields_of_one_engine_are_not_sent_to_others() -> None:
    for models, sent in (([VLLM], True), ([{"id": "x", "owned_by": "openai"}], False)):
        server = FakeServer(models=models)
        await server.model().fill(question())
        assert ("chat_template_kwargs" in server.asked[0]) is sent


async def test_what_preparing_read_was_not_cached() -> None:
    class Reading:
        async def prepare(self, prompt: Any) -> int:
            return 60

    model = FakeServer().model(concurrency=1, preparer=lambda client: Reading())
    assert (await model.fill(question())).usage.cached_tokens == 4
    with pytest.raises(ValueError, match="one request at a time"):
        FakeServer().model(concurrency=2, preparer=lambda client: Reading())


async def test_a_choice_never_leaves_evidence_out() -> None:
    server = FakeServer(next_token(("yes", -0.1)), models=[{**VLLM, "max_model_len": 400}])
    lines = tuple(f"[{n}] " + "word " * 50 for n in range(1, 11))
    with pytest.raises(PromptTooLong, match="of 10 lines too many"):
        await server.model().choose(question(passages=lines), ["yes", "no"])
    assert server.asked == []
