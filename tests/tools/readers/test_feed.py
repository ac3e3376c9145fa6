from pathlib import Path

import pytest

from tools.readers.draft import Unreadable
from tools.readers.feed import read_feed

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Daily Post</title>
<item><title>Two plants &amp; a dam</title><link>https://daily.example/plants</link>
<guid>g-1</guid><dc:creator>Ann Lee</dc:creator>
<pubDate>Thu, 05 Jun 2025 22:30:00 -0400</pubDate>
<description>Short.</description>
<content:encoded><![CDATA[<p>Two plants will <b>close</b>.</p>
<ul><li>Norra</li><li>Södra</li></ul>
<script>track()</script>]]></content:encoded></item>
<item><title>Only a link</title><link>https://daily.example/link</link></item>
<item><title>Rates</title><description>Rates rose 0.25 points &#8211; again.</description></item>
</channel></rss>""".encode()

ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Lab notes</title>
<entry><title type="html">Trial &lt;i&gt;ends&lt;/i&gt;</title><id>urn:1</id>
<link href="https://lab.example/1"/><updated>2025-06-05T08:00:00Z</updated>
<content type="html">&lt;p&gt;The trial ended.&lt;/p&gt;
&lt;p&gt;It met its goal.&lt;/p&gt;</content>
</entry></feed>"""


def test_rss() -> None:
    reading = read_feed(RSS)
    first, second = reading.drafts
    assert first.text == "Two plants will close.\n\nNorra\n\nSödra"
    assert (first.title, first.publisher, first.author) == (
        "Two plants & a dam",
        "Daily Post",
        "Ann Lee",
    )
    assert (first.published_at, first.url, first.source_id) == (
        "2025-06-06T02:30:00Z",
        "https://daily.example/plants",
        "g-1",
    )
    assert (second.text, second.published_at) == ("Rates rose 0.25 points – again.", None)
    (problem,) = reading.problems
    assert (problem.where, problem.kind) == ("entry 2 (Only a link)", "no_text")


def test_atom() -> None:
    (draft,) = read_feed(ATOM).drafts
    assert draft.text == "The trial ended.\n\nIt met its goal."
    assert (draft.title, draft.publisher) == ("Trial ends", "Lab notes")
    assert draft.published_at == "2025-06-05T08:00:00Z"


def test_what_is_no_feed_and_a_feed_without_entries() -> None:
    with pytest.raises(Unreadable) as caught:
        read_feed(b"<config><a>1</a></config>")
    assert caught.value.kind == "broken"
    with pytest.raises(Unreadable) as caught:
        read_feed(b'<rss version="2.0"><channel><title>t</title></channel></rss>')
    assert caught.value.kind == "empty"


def test_content_that_is_a_path_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "secret.xml"
    feed.write_bytes(RSS)
    with pytest.raises(Unreadable):
        read_feed(str(feed).encode())
