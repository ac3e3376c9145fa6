import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from agents.evidence import AuthorKind
from agents.ports import BadInput
from tools import ingest
from tools.ingest import FileResult, read_one, read_sources

NOW = datetime(2025, 6, 6, 14, 0, tzinfo=timezone(timedelta(hours=2)))
TEXT = "Two plants to close\r\n\r\nThe utility said it would close two plants.\r\n"


def clock() -> datetime:
    return NOW


def statuses(files: tuple[FileResult, ...], root: Path) -> list[tuple[str, str, str]]:
    return [(f.path.replace(f"{root}/", ""), f.status, f.error_type) for f in files]


async def test_a_folder_in_sorted_order_with_every_outcome(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "a.txt").write_bytes(TEXT.encode())
    (tmp_path / "b" / "note.md").write_text("# Rates\n\nRates rose.\n")
    (tmp_path / "b" / "rows.jsonl").write_text('{"text": "one"}\nbroken\n{"text": "two"}\n')
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "table.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / ".secret.txt").write_text("hidden")
    (tmp_path / ".hidden" / "c.txt").write_text("hidden")
    seen: list[FileResult] = []
    report = await read_sources([str(tmp_path)], progress=seen.append, clock=clock)
    assert statuses(report.files, tmp_path) == [
        ("a.txt", "read", ""),
        ("binary.txt", "failed", "binary"),
        ("broken.pdf", "failed", "broken"),
        ("empty.txt", "empty", "empty"),
        ("table.xlsx", "skipped", "unsupported"),
        ("b/note.md", "read", ""),
        ("b/rows.jsonl", "read", ""),
        ("b/rows.jsonl:2", "failed", "bad_row"),
    ]
    assert tuple(seen) == report.files
    assert [d.text for d in report.documents] == [TEXT, "# Rates\n\nRates rose.\n", "one", "two"]
    assert {d.ingested_at for d in report.documents} == {"2025-06-06T12:00:00Z"}
    assert all(f.message for f in report.files if f.status != "read")
    assert [f.documents for f in report.files if f.status == "read"] == [1, 1, 2]
    assert len(report.failures) == 4


async def test_missing_paths_and_useless_folders_do_not_stop_the_rest(tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_bytes(TEXT.encode())
    (tmp_path / "void").mkdir()
    paths = [str(tmp_path / "none.txt"), str(tmp_path / "void"), "ftp://x.example/a", str(good)]
    report = await read_sources(paths)
    assert [(f.status, f.error_type) for f in report.files] == [
        ("failed", "missing"),
        ("empty", "empty"),
        ("failed", "address_refused"),
        ("read", ""),
    ]
    assert "nothing to read" in report.files[1].message
    assert len(report.documents) == 1


async def test_what_the_caller_states_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: T\npublisher: P\ndate: 2020-01-01\n---\nBody. By AI.\n")
    report = await read_sources(
        [str(path)],
        publisher="Q",
        published_at="June 5, 2025",
        author_kind="human",
        title="U",
        clock=clock,
    )
    (document,) = report.documents
    assert (document.publisher, document.published_at, document.title) == ("Q", "2025-06-05", "U")
    assert document.author_kind is AuthorKind.HUMAN


@pytest.mark.parametrize("override", [{"published_at": "next week"}, {"author_kind": "robot"}])
async def test_overrides_that_are_not_valid(tmp_path: Path, override: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="use "):
        await read_sources([str(tmp_path)], **override)  # type: ignore[arg-type]


async def test_the_same_source_gives_the_same_ids(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode())
    first = await read_sources([str(path)])
    again = await read_sources([str(path)], clock=clock)
    assert [d.id for d in first.documents] == [d.id for d in again.documents]


async def test_a_five_megabyte_article(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    line = "The utility said on Monday that it had produced 410 megawatts at the plant. "
    text = ("Long report\n\n" + line * 60 + "\n\n" + (line * 10 + "\n") * 7000)[: 5 * 1024 * 1024]
    path.write_text(text)
    document = await read_one(str(path))
    assert document.text == text


async def test_a_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    report = await read_sources([str(path)])
    assert report.files[0].error_type == "too_large"
    monkeypatch.setattr(ingest, "MAX_BYTES", 10)
    with pytest.raises(BadInput, match="50 MB"):
        await read_one("-", stdin=io.BytesIO(b"x" * 100))


async def test_an_error_inside_a_library_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(ingest, "read_bytes", fail)
    path = tmp_path / "a.txt"
    path.write_text("words")
    report = await read_sources([str(path)])
    assert report.files[0].error_type == "broken"
    assert "ZeroDivisionError" in report.files[0].message


async def test_one_article_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "article"
    path.write_bytes(TEXT.encode())
    from_file = await read_one(str(path), clock=clock)
    piped = await read_one("-", stdin=io.BytesIO(TEXT.encode()), clock=clock)
    assert from_file == piped
    assert from_file.text == TEXT
    page = b"<!doctype html><html><body><article><p>Rates rose.</p></article></body></html>"
    assert (await read_one("-", stdin=io.BytesIO(page))).text == "Rates rose."
    one_row = tmp_path / "one.jsonl"
    one_row.write_text('{"text": "one", "id": "d1"}\n')
    assert (await read_one(str(one_row))).source_id == "d1"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("two.jsonl", b'{"text": "one"}\n{"text": "two"}\n', "use ingest"),
        ("bad.jsonl", b"broken\n", "bad.jsonl:1"),
        ("empty.txt", b"  \n", "empty"),
        ("old.doc", b"\xd0\xcf\x11\xe0", "save it as .docx"),
        ("table.csv", b"a,b", "known kinds"),
        ("binary.txt", b"\x00\x01" * 50, "not text"),
        ("picture.txt", b"\x89PNG\r\n", "PNG image"),
    ],
)
async def test_what_analyze_cannot_read(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        await read_one(str(path))
    assert words in str(caught.value)
    assert name in str(caught.value)
    assert caught.value.exit_code == 3


async def test_a_folder_and_a_missing_file_are_not_articles(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder"):
        await read_one(str(tmp_path))
    with pytest.raises(BadInput, match="no such file"):
        await read_one(str(tmp_path / "none.txt"))
    with pytest.raises(BadInput, match="standard input"):
        await read_one("-", stdin=io.BytesIO(b""))


PAGE = (
    "<html><head><title>Plants</title></head><body><article>"
    "<p>The utility said on Monday that it would close two of its coal plants next year, a step "
    "that analysts had expected since spring.</p></article></body></html>"
)
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title><item><title>A</title>'
    "<description>First words.</description></item><item><title>B</title>"
    "<description>Second words.</description></item></channel></rss>"
)
ANSWERS = {
    "/page": ("text/html; charset=utf-8", PAGE),
    "/feed": ("text/xml", FEED),
    "/feed-as-page": ("text/html", FEED),
    "/notes.md": ("text/plain", "# Rates\n\nRates rose.\n"),
    "/text": ("text/plain", TEXT),
    "/rows": ("application/x-ndjson", json.dumps({"text": "one"})),
    "/image": ("image/png", "not really"),
    "/nothing": ("text/html", ""),
    "/unlabelled": ("application/octet-stream", PAGE),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = ANSWERS[self.path]
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def site() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


async def test_responses_go_to_the_reader_of_their_kind(site: str) -> None:
    paths = ["/page", "/feed", "/feed-as-page", "/notes.md", "/text", "/rows", "/unlabelled"]
    report = await read_sources([site + p for p in paths], allow_private=True)
    assert [(f.status, f.documents) for f in report.files] == [
        ("read", 1),
        ("read", 2),
        ("read", 2),
        ("read", 1),
        ("read", 1),
        ("read", 1),
        ("read", 1),
    ]
    assert report.documents[0].url == f"{site}/page"
    assert report.documents[5].title == "Rates"
    assert report.documents[6].text == TEXT


@pytest.mark.parametrize(
    ("path", "words"),
    [("/image", "image/png is not read"), ("/nothing", "empty"), ("/feed", "use ingest")],
)
async def test_responses_that_are_no_article(site: str, path: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        await read_one(site + path, allow_private=True)


async def test_private_addresses_are_refused_by_default(site: str) -> None:
    with pytest.raises(BadInput, match="private address"):
        await read_one(f"{site}/page")


async def test_the_development_documents(dev_data: Path) -> None:
    source = dev_data / "evals/desk/documents.jsonl"
    with source.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    report = await read_sources([str(source), str(dev_data / "seeds")])
    assert [d.text for d in report.documents[: len(rows)]] == [row["text"] for row in rows]
    assert [d.author_kind for d in report.documents[: len(rows)]] == [
        row["author_kind"] for row in rows
    ]
    seeds = report.documents[len(rows) :]
    assert [s.published_at for s in seeds] == [None, None, "2025-06-05"]
    assert [bool(s.title) for s in seeds] == [False, True, True]
