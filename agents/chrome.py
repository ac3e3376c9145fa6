"""What a page pasted around an article: navigation, sharing, comments, biographies, disclaimers.

The stored text keeps it, because it is stored exactly; agents skip it when they look for claims.
Patterns are of kinds, not of sites. Whatever states something about the world is left alone:
captions ("Figure 1: …"), corrections, risk sections, sentences that only mention a newsletter.
"""

from __future__ import annotations

import re
from itertools import groupby

from agents.sentences import Span, sentence_spans

__all__ = ["chrome_spans"]


def _any(*patterns: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """One pattern of alternatives, after any marks that open a line."""
    return re.compile(r"[\W_]{0,12}(?:" + "|".join(patterns) + ")", flags)


# --- whole lines ----------------------------------------------------------------------------

_NAV = (
    r"home|about(?: us)?|contact(?: us)?|privacy(?: (?:policy|notice))?|cookies?(?: \w+)?|careers"
    r"|terms(?: (?:of (?:use|service)|(?:and|&) conditions))?|advertise(?: with us)?|help|faqs?"
    r"|site ?map|disclaimer|menu|search|sign in|log in|log out|subscribe(?: now)?|register|sign up"
)
_NETWORK = (
    r"facebook|twitter|x|linkedin|whatsapp|telegram|reddit|instagram|youtube|pinterest|weibo"
    r"|wechat|threads|bluesky|e-?mail|print|rss|copy link|share"
)
_LABEL = _any(
    r"(?:latest|recent|related|popular|trending|recommended|similar|featured|top)"
    r" (?:articles?|news|stories|posts?|reads?|content|topics?|headlines|videos?|reports?)",
    r"related|recommended(?: for you)?|trending(?: now)?|most (?:read|viewed|popular|shared)",
    r"read next|up next|editors?['’]?s? picks?|in this article|more (?:stories|news|articles)",
    r"you (?:may|might) also (?:like|enjoy)|keep reading|continue reading|next|previous",
    r"(?:next|previous) (?:article|story|post)",
    r"comments?|\d+ comments?|no comments?(?: yet)?|add a (?:public )?comment",
    r"leave a (?:reply|comment)",
    r"post a comment|be the first to comment|join the (?:conversation|discussion)|reply",
    r"(?:show|view|hide|load) (?:all )?comments",
    r"share(?: (?:this|on|via|to)(?: \w+){0,3}| article)?|tweet|bookmark|follow|like",
    r"save(?: article)?",
    r"listen(?: to (?:this )?article)?",
    rf"(?:(?:{_NETWORK})[\s|,/·•]*){{1,12}}",
    rf"(?:(?:{_NAV})(?:[\s|·•/-]*)){{1,12}}",
    r"my account|skip to (?:main )?content|back to top",
    r"(?:load|show|read|see|learn|view) (?:more|all)",
    r"close|advertisement|advertorial|ad|sponsored(?: (?:content|post))?|partner content",
    r"promoted(?: content)?|paid (?:content|post)|author avatar|avatar|profile picture",
    r"about the authors?|author bio(?:graphy)?|view (?:full )?profile|follow (?:the )?author",
    r"more from .{1,40}|(?:full )?disclosures?|(?:legal )?disclaimers?",
    r"(?:request|book|schedule|get) a (?:free )?(?:demo|trial).{0,30}",
    r"(?:start|begin) (?:your|a) (?:free )?trial.{0,20}|(?:download|get) (?:the|our) app.{0,20}",
    r"\d{1,3}[ -]?min(?:ute)?s?(?: read)?",
    r"(?:generated|written|produced|created) (?:by|with) (?:an? )?"
    r"(?:AI|artificial intelligence)\b.{0,60}",
    r"AI[- ]generated(?: (?:content|article|text|report))?",
    r"kommentare?|teilen|mehr zum thema|anmelden|abonnieren|drucken|anzeige",
    r"commentaires?|partager|s['’]abonner|(?:à )?lire aussi.{0,120}|publicité",
    r"comentarios?|compartir|suscr[ií]bete|leer más|lee también.{0,120}|publicidad",
    r"комментарии|поделиться|подписаться|читайте также.{0,120}|реклама",
)
_PREFIX = _any(
    r"(?:tags?|topics?|keywords|categor(?:y|ies)|filed under|posted in|more on|see also|also read"
    r"|read also|read more|related|(?:photo|image|picture)(?:graph)?(?: (?:credit|by|source))?)"
    r"\s*:\s*\S.{0,120}"
)
_BY_LINE = _any(
    r"by\s+(?-i:[A-Z]).{1,110}",
    r"(?:written|reported|posted|generated|authored|produced)\s+(?:by|with)\s+.{2,110}",
    r"(?:first |last )?(?:published|updated|posted|date)\b\s*(?:on|at)?:?\s*.{0,20}\d.{0,60}",
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_LINE = re.compile(
    r"[\W_]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d)"
    r"(?:[\s,|·•–—T-]*(?:at\s+)?\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:\(?[A-Z]{1,4}\)?)?)?"
    r"[\s|·•–—-]*(?:\d{1,3}\s*-?\s*min(?:ute)?s?\s*(?:read)?)?[\W_]*",
    re.IGNORECASE,
)
# A biography opens a paragraph at the end; the case of its words is what tells it from news.
_BIO = _any(
    r"(?i:about the author)\b",
    r"(?:An? )?AI (?:[A-Z]\w+ )?(?:Agent|Writer|Assistant|Author|Analyst|Bot)\b"
    r"(?= [A-Z]| (?:built|trained|powered|designed|developed|that|who)\b|[.,:|-])",
    r"The (?:author|writer|columnist) (?:is|covers|writes)\b",
    r"(?:[A-Z][\w.'’-]+ ){1,4}is (?:an?|the|our) (?:[\w&,'’-]+ ){0,6}?"
    r"(?:reporter|journalist|columnist|correspondent|contributor|writer|editor|author|freelancer"
    r"|analyst|fellow|contributing \w+)\b(?:.*\b(?:cover(?:s|ing)|writes?|writing|based in|joined"
    r"|previously|follow|contact|reach(?:ed)? at|contributes?|newsletter|expertise"
    r"|focus(?:es|ing))\b|[^.]{0,60}\.?$)",
    flags=re.NOFLAG,
)

# --- sentences ------------------------------------------------------------------------------

_THIS = (
    r"(?:(?:this|the|these|our|all|any) (?:\w+ ){0,2}?(?:articles?|content|information|materials?"
    r"|posts?|page|reports?|publication|website|site|newsletter|commentary|analysis|communication"
    r"|document|column|story|opinions?|views|note|blog|podcast|video|data)"
    r"(?: (?:above|below|herein|provided|contained|expressed|presented)(?: (?:in|on) \w+ \w+)?)?"
    r"|nothing (?:in|on|contained|herein|here)\b.{0,40}?|it|this|the above)"
)
_ADVICE = (
    r"(?:(?:(?:financial|investment|legal|tax|trading|professional|medical|accounting|other|an?)"
    r"(?:,| or| and|/)* ?)*(?:advice|recommendations?|solicitation|offer to (?:buy|sell)))"
)
_NOT = (
    r"(?:(?:is|are) (?:not|never|no)|(?:do|does|should|must|may|shall|can)(?:es)? ?(?:not|n['’]t)"
    r"(?: be)?(?: (?:constitute|provide|considered?|construed?|treated|taken|regarded|represent"
    r"|offer|intended|relied|contain|amount))|(?:is|are) intended)\b"
)
_OWN = r"(?:an?|your|their|the|independent|professional|our|qualified|licensed)"
_SENTENCE = _any(
    r"(?:disclaimer|disclosures?|legal notice|risk (?:warning|disclosure)|conflicts? of interest"
    r"|important (?:notice|information)|copyright(?: notice)?)\s*[:–—-]\s*\S",
    r"past (?:performance|results|returns) (?:is|are|does|do|may|should|cannot|can|will)\b"
    r".*\b(?:not|no|guarantee|indicat)",
    rf"(?:this is )?not (?:an? )?{_ADVICE}[\W_]*$",
    rf"{_THIS} (?:\w+ ){{0,3}}?{_NOT}.{{0,80}}?\b{_ADVICE}\b",
    r"nothing (?:in|on|contained|herein|here)\b.{0,60}"
    r"\b(?:advice|recommendation|solicitation)\b",
    rf"{_THIS}\b.{{0,60}}?\bfor (?:general )?(?:information(?:al)?|educational|entertainment)"
    r"(?: (?:and|or) \w+)? (?:purposes|use)\b",
    r"for (?:general )?(?:informational|information|educational|entertainment) purposes only",
    r"(?:(?:readers|investors|users|you) (?:should|must|are (?:advised|encouraged|urged) to) "
    r"|please )?(?:always )?(?:consult|seek|speak (?:to|with)|contact|do|conduct|perform) "
    r"(?:with )?"
    rf"{_OWN}\b.{{0,40}}?\b(?:advis[oe]rs?|advice|professional|planner"
    r"|own (?:research|due diligence|analysis|homework))\b",
    r"(?:(?:the )?(?:authors?|writer|columnist|analyst)|i|we|neither the author\b.{0,30}) "
    r"(?:(?:may|do|does|did|has|have|currently|also|personally|not|n['’]t) ){0,3}"
    r"(?:holds?|has|have|owns?) (?:(?:no|a|any|the|long|short|beneficial|financial) ){0,4}"
    r"(?:shares?|positions?|stocks?|interests?|holdings?|securities)\b",
    r".{0,60}\b(?:and|or) its affiliates may (?:hold|have|own|trade)\b",
    r"(?:\S+ ){1,4}may (?:hold|own|trade|have)\b.{0,40}\b(?:shares|securities|stocks|companies)"
    r" (?:it|we|they|he|she|discussed|mentioned|covered|named)\b",
    rf"(?:it|this) is (?:\w+ ){{0,4}}(?:and|but) not (?:an? )?{_ADVICE}[\W_]*$",
    r"©|\(c\)\s*(?:19|20)\d\d|copyright\s+(?:©|\(c\)|\d{4})",
    r".{0,80}\ball rights reserved\b",
    r"(?:unauthori[sz]ed )?(?:reproduction|redistribution|copying)\b.{0,80}"
    r"\b(?:prohibited|forbidden|permission|consent)",
    r"(?:no part of )?this (?:material|content|article) may not be (?:published|reproduced|copied)",
    r"(?:sign|log) (?:up|in)\b(?: (?:for|to|with|now|today|here)\b|[\W_]*$)",
    r"subscribe\b(?: (?:to|for|now|today|here|and)\b|[\W_]*$)",
    r"register (?:now|here|today|for (?:free|our))\b",
    r"(?:join|become) (?:(?:over )?[\d,.]+\w* |our |a |the )(?:\w+ ){0,3}"
    r"(?:newsletter|subscribers|readers|members?|community|mailing list)\b",
    r"(?:get|receive|have) .{0,100}?\b(?:in|to) your (?:inbox|e-?mail|mailbox)\b",
    r"(?:stay|keep) (?:ahead|informed|updated|up to date|tuned|connected|in the loop)\b"
    r"(?: (?:of|on|with|about|for|the)\b.{0,60})?[\W_]*$",
    r"(?:never|don['’]t) miss (?:an?|another|our|any|out)\b.{0,80}",
    r"(?:follow|find|like|contact|reach) (?:us|me|him|her|them|the author|@\w+|\w+ \w+)"
    r" (?:on|at|via|by) (?:@|x\b|twitter|facebook|linkedin|instagram|telegram|youtube|threads"
    r"|bluesky|mastodon|social|[\w.-]+@|e-?mail|https?:)",
    r"(?:click|tap) (?:here|the|on|below|to)\b",
    r"(?:read|view|watch|continue) (?:the )?(?:full|more|original|complete|our)\b.{0,40}[\W_]*$",
    r"(?:download|get|install) (?:our|the) (?:free )?(?:\w+ )?(?:app|white ?paper|e-?book)\b",
    r"(?:start|try|claim|begin) (?:your|our|a) (?:\w+ ){0,2}(?:free )?trial\b",
    r"(?:request|book|schedule) a (?:free )?(?:demo|consultation|call)",
    r"(?:upgrade|unlock|get) (?:to |your )?(?:premium|full|unlimited|pro|exclusive) "
    r"(?:access|content|membership|account|features?|articles?)\b",
    r"(?:we|this (?:site|website)) uses? cookies\b",
    r"by (?:continuing|using|clicking|signing|subscribing)\b.{0,60}"
    r"\b(?:you (?:agree|accept|consent|acknowledge)|our (?:terms|privacy))",
    r"(?:share|send|leave|post|add|write) (?:this|your|a|us)\b.{0,20}"
    r"\b(?:article|story|page|comments?|thoughts|feedback|tips?|friends?)\b.{0,40}[\W_]*$",
    r"(?:additional )?(?:reporting|writing|editing|compiled|photography) by (?-i:[A-Z])"
    r"(?!.*\b(?:found|show\w*|that|says?|said|reveal\w*|suggest\w*|indicat\w*|ha[sd]|have|was"
    r"|were|is|are)\b).{0,200}$",
    r"(?:have|got) a (?:news )?tip\b",
    r"(?:\w+-(?:powered|driven)|real-time|institutional-grade)\b"
    r"(?!.*\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|said)\b).{0,120}"
    r"\bfor (?:\w+ ){0,2}(?:investors|traders|professionals|clients|teams|businesses|advisors"
    r"|analysts|institutions)[\W_]*$",
    r"(?:this|the) (?:article|story|post|column) (?:was )?(?:first|originally)"
    r" (?:appeared|published|posted)\b",
    r"this (?:\w+ )?(?:article|content|story|report|post|page|text) (?:is|was|has been) "
    r"(?:\w+ ){0,2}?(?:generated|produced|written|created)(?: automatically"
    r"|(?: \w+){0,2}? (?:by|with|using|from) (?:an? |the )?(?:AI|artificial intelligence"
    r"|large language|language model|algorithm|automat|software|generative"
    r"|(?:help|assistance|aid) of))",
)
# In the middle of a story this is news about somebody's content; at its end, about this page's.
_FOOTER_SENTENCE = _any(
    r"(?:\S+ ){0,3}(?:content|articles|stories|reports|posts) (?:on this (?:site|page) )?"
    r"(?:is|are) (?:\w+ ){0,2}?(?:(?:generated|produced|written|created) (?:automatically"
    r"|(?:by|with|using) (?:an? |the )?(?:AI|artificial intelligence|large language|algorithm))"
    r"|(?:AI|machine|computer)[- ]generated)",
    r"(?:no (?:person|human|editor|one)|it) (?:has|was|have) (?:not )?(?:been )?"
    r"(?:reviewed|checked|edited|verified)\b.{0,60}",
)

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n.{0,20000}?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LINE_BREAK = re.compile(r"[\r\n]")
_SENTENCE_END = re.compile(r"[.!?…:;][\"”’)\]]*$")
_SPACES = re.compile(r"\s+")
_HEADER_LINES = 10
_FOOTER_LINES = 10
_LINE_LENGTH = 140
_LABEL_WORDS = 8


def chrome_spans(text: str) -> list[Span]:
    """The sentences and lines of `text` that are page furniture, in order.

    Spans are those of `sentence_spans`. A byline, date line or front matter counts; a title and
    a caption do not. Text that is an article only gives none.
    """
    spans = sentence_spans(text)
    front = _FRONT_MATTER.match(text)
    inside = front.end() if front else 0
    chrome: set[int] = {i for i, span in enumerate(spans) if span.start < inside}
    body = [line for line in _lines(text, spans) if spans[line[0]].start >= inside]
    words = [_SPACES.sub(" ", text[spans[ls[0]].start : spans[ls[-1]].end]) for ls in body]
    # Two dates among the first lines head the columns of a table.
    dated = sum(1 for line in words[:_HEADER_LINES] if _is_date(line)) == 1
    for number, line in enumerate(body):
        header = 0 < number < _HEADER_LINES
        footer = number > 0 and number >= len(body) - _FOOTER_LINES
        if (header and dated and _is_date(words[number])) or _whole_line(
            words[number], header=header, footer=footer
        ):
            chrome.update(line)
            continue
        for i in line:
            sentence = _SPACES.sub(" ", spans[i].text)
            if _SENTENCE.match(sentence) or (footer and _FOOTER_SENTENCE.match(sentence)):
                chrome.add(i)
    chrome.update(_footer(body, words, chrome))
    return [spans[i] for i in sorted(chrome)]


def _lines(text: str, spans: list[Span]) -> list[list[int]]:
    """Indices of the spans that share a line, in order."""
    numbers: list[int] = []
    number, at = 0, 0
    for span in spans:
        number += 1 if _LINE_BREAK.search(text, at, span.start) else 0
        numbers.append(number)
        at = span.end
    return [list(group) for _, group in groupby(range(len(spans)), key=numbers.__getitem__)]


def _whole_line(words: str, *, header: bool, footer: bool) -> bool:
    if len(words) <= _LINE_LENGTH:
        bare = words.rstrip(" .…:»>→|_*")
        if _LABEL.fullmatch(bare) or _PREFIX.fullmatch(words):
            return True
        if header and _is_byline(words):
            return True
    return footer and _BIO.match(words) is not None


def _is_date(words: str) -> bool:
    return len(words) <= _LINE_LENGTH and _DATE_LINE.fullmatch(words) is not None


def _is_byline(words: str) -> bool:
    """ "By Ann Lee | 3 May 2025", "Generated by AI Agent": few words, and no sentence."""
    short = len(words.split()) <= 14 and not _SENTENCE_END.search(words)
    return short and _BY_LINE.fullmatch(words) is not None


def _footer(lines: list[list[int]], words: list[str], chrome: set[int]) -> set[int]:
    """Labels among the furniture at the end: a name under a portrait, a score in a widget.

    The footer is the longest run of last lines that are furniture or short labels; from its
    first line of furniture on, everything in it is chrome.
    """
    first = len(lines)
    for number in range(len(lines) - 1, 0, -1):
        furniture = all(i in chrome for i in lines[number])
        label = len(words[number].split()) <= _LABEL_WORDS and not _SENTENCE_END.search(
            words[number]
        )
        if not furniture and not label:
            break
        if furniture:
            first = number
    return {i for line in lines[first:] for i in line}
