"""What a text tells about itself as a source: instructions to machines, paid content, interests.

Text in a document is data whatever this module finds; the spans it returns keep instructions out
of claims and quotes, and are named in the brief. Rules only, so an attack in other words passes:
it is the schema-bound prompts that keep the desk from obeying. Figures are in
docs/decisions/0006-language-rules.md.
"""

from __future__ import annotations

import re

from agents.grammar import stem, tagged
from agents.sentences import Span, sentence_spans

__all__ = ["addresses_machines", "disclosed_interest", "sponsored", "unsourced"]

_BEFORE = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|"
    r"existing|"
    r"system|provided|given|past|last|other|current|safety|old|your|said)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|directions?|rules|guidelines?|commands?|orders|"
    r"messages?|context|"
    r"text|tasks?|assignments?|conversation|inputs?|directives?|programming|training|"
    r"constraints|restrictions|documents?|articles?|information|content)"
)

# Each of these makes the sentence it is in an instruction to a machine.
_STRONG = tuple(
    re.compile(p, re.I)
    for p in (
        rf"\b(?:ignor\w*|igmre|disregard\w*|forget|override|overlook|discard|bypass|skip|"
        rf"drop|do not follow|"
        rf"don['’]t follow|"
        rf"stop following)\s+(?:\w+\s+){{0,3}}?{_BEFORE}\s+(?:\w+\s+){{0,2}}?{_ORDERS}\b",
        r"\b(?:ignore|disregard|forget|override)\s+(?:all|any|every|everything|the|your|"
        r"these)\s+(?:of\s+)?"
        r"(?:\w+\s+){0,2}?(?:instructions?|prompts?|directives|guidelines|commands|"
        r"documents provided)\b",
        r"\b(?:ignore|disregard|forget)\s+(?:all|everything|anything|"
        r"what)\b[^.!?\n]{0,25}?\b(?:above|before|"
        r"previously|prior|so far|i said|you know|you(?:'ve| have| were) (?:been )?told|"
        r"we(?:'ve| have)? talked|"
        r"said before)",
        r"\bforget (?:everything|all)\b\s*[,.:!]", r"\bdespite what you(?:['’]ve|"
                                                   r" have) been told\b",
        r"\byou are (?:now|no longer|henceforth) (?:an? |the |in |my |\w+ mode|[A-Z])[^.?!]{3,}",
        r"\bfrom now on,? (?:you|act|respond|answer|reply|only)\b",
        r"\b(?:i want you to|you (?:will|must|should|shall|are going to|are to)|please|"
        r"now you|can you|"
        r"you have to) (?:now )?(?:act|behave|pretend|role-?play|respond|speak) as\b",
        r"(?:^|[.!?\n\"“]\s*|\b(?:now|please|and|then)\s+)act as (?:an? |the |if |my |dan\b)",
        r"\b(?:role-?playing as|pretend (?:that )?(?:you|to be|you['’]re)|"
        r"imagine you are (?:an? )?(?:ai|bot|assistant))",
        r"\byou are (?:an? |the )?(?:ai|artificial intelligence|language model|"
        r"large language model|chat ?bot|"
        r"chatgpt|gpt|virtual assistant|helpful assistant|autonomous agent)\b",
        r"\b(?:as|being|like) (?:an? )?(?:ai|ai language model|language model|"
        r"large language model|llm)\b[^.?!]{0,30}\b(?:you|answer|build|free)\b",
        r"\byou as (?:an? )?(?:ai|language model|llm|assistant|bot)\b",
        r"\b(?:your|the|print|reveal|show|repeat|output|full|initial|entire|"
        r"hidden) (?:system |initial |original |full |secret )?"
        r"(?:system prompt|prompt text|prompt texts|initial instructions|"
        r"original instructions|system instructions|full prompt)\b",
        r"\bwhat (?:are|were) your (?:\w+ )?(?:instructions|prompts?|rules)\b", r"\byour "
                                                                                r"(?:\w+ "
                                                                                r")?prompts? "
                                                                                r"(?:text|"
                                                                                r"above)\b",
        r"\b(?:developer|jailbreak|dan|god|debug|sudo|partner|"
        r"admin) mode\b[^.]{0,40}\b(?:enabled|on|activated|you|now)\b",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|"
        r"start_header_id)\|?>?",
        r"\[/?(?:INST|SYS|SYSTEM)\]|<</?SYS>>|</?(?:system|instructions?|assistant|prompt)>",
        r"(?:^|\n)\s*(?:#{1,6}|\*{2,}|={3,}|-{3,}|\[|<+)\s*(?:begin |end |new |start of |"
        r"end of )?(?:system|admin|developer|ai|llm|assistant|hidden|override)\b[^\n]{0,50}"
        r"(?:message|instructions?|prompts?|notice|override|note|command)",
        r"(?:^|\n)\s*(?:system|assistant|human|user|developer)\s*(?:message|prompt|"
        r"note)?\s*:\s+\S",
        r"\b(?:message|note|notice|instructions?|attention|attn)\b[^.\n]{0,30}?\b(?:to|for|"
        r":)\s*(?:all |any |the |every )?"
        r"(?:ai|llm|llms|language models?|automated|chat ?bots?|assistants?|machine readers?|"
        r"ai (?:assistants?|agents?|systems?|tools?|models?))\b",
        r"\b(?:do not|don['’]t|never) (?:reveal|mention|disclose|tell|repeat|show|share|"
        r"report) (?:\w+ ){0,4}?(?:message|instructions?|prompt|note)\b",
        r"\b(?:do not|don['’]t|never) (?:reveal|mention|disclose|tell|"
        r"show) (?:\w+ ){0,4}?\bto (?:the|your) users?\b",
        r"\bin (?:any|every|each|all|your|the) (?:\w+ ){0,2}?(?:report|summary|summaries|"
        r"answer|response|reply|output|brief|note|analysis|article)s? "
        r"(?:that )?you (?:write|produce|generate|give|create|make|prepare)\b",
        r"\b(?:when|if|before|while) (?:you are |you )?(?:summari[sz]ing|summari[sz]e|"
        r"indexing|processing|analy[sz]ing|citing|answering|reporting on|quoting) (?:this|"
        r"the) (?:page|article|document|text|content|note|post)\b",
        r"\b(?:automated|machine|ai|ai-based|ai-powered|llm)[- ](?:\w+ (?:and|"
        r"or) )?(?:\w+ )?(?:research|indexing|reading|summar\w+|readers?|tools?|systems?|"
        r"assistants?|agents?|crawlers?|models?)\b[^.]{0,60}?\b(?:should|must|"
        r"will be best served|are (?:asked|instructed|requested|advised|encouraged)|"
        r"is (?:asked|instructed)|may treat|please|need not)\b",
        r"\b(?:assistants?|language models?|llms?|chat ?bots?|bots|crawlers|agents|models|"
        r"tools) (?:reading|processing|that (?:read|process|summari[sz]e|index)|"
        r"summari[sz]ing|indexing|parsing|ingesting) (?:this|the)\b",
        r"\b(?:best served|well advised) by (?:giving|stating|reporting|citing|treating|using)\b",
        r"\b(?:treat|regard|consider|cite|quote|present|describe|use) this (?:page|article|"
        r"post|document|text|report|note|message) as\b",
        r"\bthis (?:page|article|post|document|text|report|note|message) (?:may|should|must|"
        r"can|is to) be (?:treated|regarded|considered|cited|quoted|used|presented) as\b",
        r"\b(?:no need|not necessary|unnecessary|needn['’]t|need not|do not need|"
        r"no reason) (?:to |for )?(?:\w+ (?:\w+ )?(?:or|and) (?:to )?)?(?:\w+ ){0,5}?(?:seek|"
        r"seeking|verify|corroborat\w+|cross-check|fact-check|check other|double-check|"
        r"set them out|consult other)\b",
        r"\b(?:a|one) (?:note|word|remark) (?:on|about) (?:using|quoting|citing|"
        r"summari[sz]ing|reading) this (?:article|page|text|document|report|post)\b",
        r"\b(?:decode|execute|run|evaluate|follow) (?:the |this |following )*(?:base64|"
        r"encoded|rot13|hex)\b|\bbase64[ -]decode\b",
        r"\b(?:repeat|print|output|translate|copy) (?:everything|all|the (?:text|words|"
        r"sentence|content)) (?:above|before)\b",
        r"\bact as a \w+ (?:interpreter|terminal|console)\b|"
        r"\bexecute the following (?:command|code)\b",
        # German, French, Spanish, Italian, Portuguese, Dutch, Russian, Chinese
        r"\b(?:ignorier\w*|vergiss|vergesst|vergessen sie|missachte\w*|höre? nicht auf|"
        r"aus dem kopf (?:zu )?streichen)\b[^.!?\n]{0,40}?(?:anweisung\w*|angaben|obige\w*|"
        r"bisherig\w*|vorherig\w*|vorangegangen\w*|aufträge|aufgaben|alles|davor|zuvor|"
        r"befehle|instruktion\w*)",
        r"\b(?:alle|aller) (?:bisherigen|vorherigen|vorangegangenen|"
        r"obigen) (?:\w+ ){0,3}?(?:anweisungen|aufgaben|informationen|aufträge|befehle|angaben)\b",
        r"\b(?:du bist (?:jetzt|nun|ab jetzt|keine?)|sie sind (?:jetzt|nun|keine?) ein?|"
        r"sie (?:als|wie) \w+[^.]{0,60}? (?:fungieren|agieren|handeln)|dass (?:sie|"
        r"du) als\b[^.]{3,80}?\bfungier\w+|spiele? (?:die|eine) rolle)",
        r"\b(?:ignor[ae]z?|oubliez?|oublie|négligez) (?:\w+ ){0,4}?(?:instructions?|"
        r"consignes|ordres|directives|précédent\w*|tout ce qui)",
        r"\b(?:ignor[ae]|ignoren?|olvid[ae]|olvidar|olvide|descarta|"
        r"omite) (?:\w+ ){0,4}?(?:instrucciones|órdenes|indicaciones|anterior\w*|"
        r"todo (?:lo )?que)",
        r"\b(?:ignora|dimentica|ignori|ignore|esqueça|esquece) (?:\w+ ){0,4}?(?:istruzioni|"
        r"instruções|precedenti|anteriores|tutto|tudo o que)",
        r"\b(?:negeer|vergeet) (?:\w+ ){0,4}?(?:instructies|opdrachten|alles|vorige)",
        r"(?:игнорируй\w*|забудь\w*|не обращай\w*)[^.!?\n]{0,40}?(?:инструкци\w*|указани\w*|"
        r"команд\w*|предыдущ\w*|всё|все)",
        r"(?:忽略|无视|忘记)[^。！？\n]{0,15}(?:指令|指示|说明|内容|提示)",
    )
)  # fmt: skip

_OUTPUT = (
    r"(?:your|the) (?:answer|response|reply|output|summary|message|reply's|response's|"
    r"answer's|"
    r"answers|responses)(?:['’]s)?\b"
)
# Orders about the form of an answer: an imperative that names "your answer".
_ABOUT_ANSWER = re.compile(rf"\b(?:{_OUTPUT})", re.I)
_IN_ANSWER = re.compile(r"^\W*in your (?:answer|response|reply|output|message|summary),? \w+", re.I)
_ORDER_VERBS = frozenset(
    """add augment anagram append begin combine convert embed encode encourage end enhance finish
    format give group include incorporate insert integrate introduce invert jumble make mention
    misspell modify omit provide put rearrange remove render replace reverse scramble start state
    substitute suggest swap translate use weave wrap write say print output reply respond answer
    limit keep conclude avoid shuffle capitalize capitalise""".split()
)
_TASK = re.compile(
    r"^\W*(?:please |can you |could you |kindly |now )*(?:explain|write|compose|draft|"
    r"develop|provide|describe|"
    r"translate|break down|summari[sz]e|generate|create|list|give (?:me|an?)|tell me|define|"
    r"solve|show me|"
    r"calculate|recommend|outline|discuss|compare|prepare|produce|craft|design|suggest|"
    r"help me|teach me|"
    r"replace|convert|rewrite|paraphrase|proofread|classify|identify|implement|code|"
    r"what['’]s|what is|what are|who (?:is|was|wrote|invented|painted)|how do (?:i|you)|"
    r"how (?:does|do|can|to)|"
    r"why (?:is|are|do|does)|which|when (?:did|was|is)|where (?:is|can))\b",
    re.I,
)
_CODED = re.compile(
    r"\b(?:replace|substitut\w+|swap|misspell|scramble|jumble|anagram|capitali[sz]e|"
    r"reverse)\s+(?:\w+\s+){0,3}?"
    r"(?:letters?|vowels?|words?|consonants?|characters|spaces)\b|\balphanumeric substitution\b|"
    r"\bhomophonic substitution\b",
    re.I,
)
_FOLLOW_ON = re.compile(
    r"^\W*(?:(?:also|then|and|now|instead|next|finally|please)\b\W*)?(?:do not|don['’]t|"
    r"never|you\b|your\b|state|rate|"
    r"say|write|cite|delete|print|reply|respond|answer|include|omit|mention|repeat|output|"
    r"ignore|treat|report|"
    r"give|use|translate|execute|follow|remember|make sure|ensure|instead|lower amounts|"
    r"if you|this is very)",
    re.I,
)
_MARKER_OPEN = re.compile(
    r"(?:^|\n)[^\S\n]*(?:#{2,6}|={3,}|-{3,}|\*{2,}|\[+|<{1,3})[^\S\n]*(?:begin |"
    r"start )?[^\n]{0,20}?"
    r"\b(?:system|ai assistants?|assistant|instructions?|prompt|admin|override|llm)\b[^\n]*",
    re.I,
)
_MARKER_CLOSE = re.compile(
    r"(?:^|\n)[^\S\n]*(?:#{2,6}|={3,}|-{3,}|\*{2,}|\[+|"
    r"<{1,3}/?)[^\S\n]*/?(?:end|stop|close)\b[^\n]*",
    re.I,
)
_HIDDEN = re.compile(
    r"<!--(?:(?!-->).){5,2000}-->|<(\w+)[^>]*(?:display\s*:\s*none|"
    r"visibility\s*:\s*hidden|font-size\s*:\s*0)[^>]*>.*?</\1>",
    re.I | re.S,
)
_HIDDEN_ORDER = re.compile(
    r"\b(?:ignore|assistant|instruction|prompt|you (?:are|must|"
    r"should)|ai\b|llm|system|summar\w+|report that|state that|do not)",
    re.I,
)
_BLOB = re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{60,}={0,2})(?![A-Za-z0-9+/=])")


def _blocks(text: str) -> list[tuple[int, int]]:
    """Marked blocks ("### SYSTEM ..." to "### END ..."), to the blank line where none closes."""
    found = []
    for opening in _MARKER_OPEN.finditer(text):
        line = opening.group()
        if not re.search(
            r"message|instruction|prompt|override|note|command|system|<|\[", line, re.I
        ):
            continue
        strong = any(p.search(line.strip()) for p in _STRONG)
        closing = _MARKER_CLOSE.search(text, opening.end())
        blank = re.compile(r"\r?\n[^\S\n]*\r?\n").search(text, opening.end())
        limit = blank.start() if blank else len(text)
        inside = text[opening.start() : closing.end() if closing else limit]
        if _MARKER_CLOSE.match(opening.group()):
            continue
        if strong or any(p.search(inside) for p in _STRONG):
            end = closing.end() if closing and closing.start() - opening.end() < 4000 else limit
            found.append((opening.start() + (opening.group().startswith("\n")), end))
    for hidden in _HIDDEN.finditer(text):
        if _HIDDEN_ORDER.search(hidden.group()):
            found.append(hidden.span())
    for blob in _BLOB.finditer(text):
        around = text[max(0, blob.start() - 120) : blob.end() + 60]
        varied = (
            re.search(r"\d", blob.group())
            and re.search(r"[a-z]", blob.group())
            and (re.search(r"[A-Z]", blob.group()))
        )
        if varied and re.search(r"\b(?:decode|execute|base64|run|follow)\b", around, re.I):
            found.append(blob.span())
    return found


def _imperative(sentence: str) -> bool:
    tokens = tagged(re.sub(r"^\W+", "", sentence))
    return (
        bool(tokens)
        and tokens[0].low in _ORDER_VERBS
        and (len(tokens) > 1 and tokens[1].tag not in ("VBD", "MD"))
    )


def _is_order(sentence: str) -> bool:
    """Whether one sentence, by itself, tells a machine what to do."""
    if any(p.search(sentence) for p in _STRONG):
        return True
    if _IN_ANSWER.match(sentence):
        return True
    # "your answer" alone occurs in interviews; only an imperative that opens its sentence counts.
    about = _ABOUT_ANSWER.search(sentence)
    if about and about.group().lower().startswith("your") and _imperative(sentence):
        return True
    coded = _CODED.search(sentence)
    return bool(coded) and _imperative(sentence)


_STOP = frozenset(
    """the a an of and or to in on for with is are was were be what which who how why when where
    do does did can could i you me my your it this that from by at as about between into their
    write explain describe provide give show tell main simple example process""".split()
)


def _content(text: str) -> set[str]:
    return {stem(w) for w in re.findall(r"[^\W\d_]{3,}", text.lower()) if w not in _STOP}


def _foreign_tasks(text: str) -> list[tuple[int, int]]:
    """Paragraphs of one short question or task that shares no content with the rest of the text.

    "What is the capital of Brazil?" as a paragraph of its own in a report on a court case is
    addressed to whoever answers questions. Needs a document around it (five sentences).
    """
    paragraphs = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text)]
    if len(paragraphs) < 2 or len(text) < 400:
        return []
    found = []
    for start, end in paragraphs:
        words = text[start:end].strip()
        if not 8 <= len(words) <= 220 or len(words.split()) > 28 or not _TASK.match(words):
            continue
        if re.search(r"[.!?]\s+[A-Z]", words[:-1]) or words[-1:] not in ".?!'\"’”":
            continue
        if words[0] in "\"“‘'" or re.match(r"(?:WN|Q|A)\b", words):
            continue
        own = _content(words)
        rest = _content(text[:start]) | _content(text[end:])
        task_noun = re.search(
            r"\b(?:poem|essay|story|letter|speech|function|code|python|javascript|sql|recipe|"
            r"haiku|song|joke|"
            r"translat\w+|in (?:french|spanish|german|japanese|russian|english|italian|"
            r"chinese)|equations?|"
            r"plot of|step by step|in simple terms)\b",
            words,
            re.I,
        )
        foreign = bool(own) and len(own & rest) <= (0 if len(own) <= 2 else len(own) / 3)
        question = words.endswith("?")
        if (foreign and (task_noun or question or len(own - rest) >= 2)) or (
            task_noun and own and len(own & rest) <= len(own) / 2
        ):
            found.append((start, end))
    return found


def addresses_machines(text: str) -> list[Span]:
    """Stretches of a text that try to instruct whoever reads it by machine, in order, merged.

    Covers whole sentences, whole marked blocks, and the orders next to an instruction. Also, in a
    document, a lone question or task that has nothing to do with the rest. An empty list says
    only that no rule matched.
    """
    ranges = _blocks(text)
    sentences = sentence_spans(text)
    flags = [_is_order(s.text) for s in sentences]
    for i, sentence in enumerate(sentences):
        if not flags[i]:
            continue
        ranges.append((sentence.start, sentence.end))
        for step in (1, -1):
            at = i + step
            while 0 <= at < len(sentences) and abs(at - i) <= 4:
                near = sentences[at]
                low, high = sorted(
                    (
                        sentence.end if step > 0 else sentence.start,
                        near.start if step > 0 else near.end,
                    )
                )
                if re.search(r"\n\s*\n", text[low:high]) or not _FOLLOW_ON.match(near.text):
                    break
                ranges.append((near.start, near.end))
                at += step
    for pattern in _STRONG:  # marks that sentence splitting can cut apart
        for match in pattern.finditer(text):
            if not any(a <= match.start() and match.end() <= b for a, b in ranges):
                ranges.append(match.span())
    ranges += _foreign_tasks(text)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 3 and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    out = []
    for start, end in merged:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if end > start:
            out.append(Span(start, end, text[start:end]))
    return out


_SPONSORED = re.compile(
    r"^[^\S\n]*[\[(*_]*(?:(?:this (?:article|content|post|story|page) (?:is|was|"
    r"has been) (?:\w+ ){0,2}?"
    r"(?:sponsored|paid for|an advertisement|produced (?:by|for|in (?:partnership|"
    r"association))|brought to you)[^\n]{0,80})|"
    r"(?:partner|sponsored|branded|paid|promoted|promotional|native) (?:content|post|article|"
    r"story|partnership|"
    r"feature|advertisement|program|promotion)\b[^\n.]{0,60}|sponsored(?: by [^\n]{1,60})?|"
    r"advertorial\b[^\n]{0,40}|"
    r"advertisement feature|advertiser content|paid for by [^\n]{1,60}|"
    r"presented by [A-Z][^\n]{1,60}|"
    r"brought to you by [^\n]{1,60}|in (?:association|partnership|"
    r"collaboration) with [A-Z][^\n]{1,60}|promoted)"
    r"[\])*_:.]*[^\S\n]*$|\bthis is (?:a |an )?(?:sponsored|paid|promotional|"
    r"partner)[^.\n]{0,60}|"
    r"\bpaid (?:promotion|advertisement|announcement) (?:by|on behalf of|for)\b[^.\n]{0,60}|"
    r"\b(?:author|writer|publisher|website|we) (?:was|were|has been|have been|is|"
    r"are) (?:paid|compensated) (?:by|for)\b[^.\n]{0,60}",
    re.I | re.M,
)


def sponsored(text: str) -> Span | None:
    """The words by which a text says that somebody paid for it, None when it does not.

    Only labels and statements about the text itself count, not "a bill sponsored by".
    """
    match = _SPONSORED.search(text)
    if match is None:
        return None
    words = match.group()
    start = match.start() + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()), words.strip())


_UNSOURCED = re.compile(
    r"\b(?:(?:industry|market|some|many|most|several|numerous|seasoned|veteran|informed|"
    r"defen[cs]e|trade|policy|"
    r"security|unnamed) )?(?:(?:watchers|observers|insiders|experts|commentators|pundits|"
    r"analysts|sceptics|"
    r"skeptics|critics)|people|many|some|others|investors) (?:widely |generally |"
    r"increasingly |now |often |also )?"
    r"(?:believe|say|think|agree|argue|expect|suspect|fear|estimate|suggest|claim|reckon|"
    r"speak of|note|warn)\b|"
    r"\bit (?:is|was|has been|'s) (?:also |widely |generally |often |commonly |now |"
    r"well )?(?:said|believed|thought|"
    r"known|rumou?red|reported|understood|claimed|estimated|assumed|accepted|alleged) that\b|"
    r"\b(?:is|are|was|were) (?:widely |generally |commonly )?(?:said|believed|thought|"
    r"rumou?red|reputed|alleged|understood) to\b|"
    r"\b(?:reports|estimates|rumou?rs|studies|sources|signs|whispers|research|"
    r"data) (?:suggest|say|indicate|claim|have it|show)s?\b(?! by)|"
    r"\b(?:word is|rumou?r has it|market (?:chatter|talk)|everybody knows|everyone knows|"
    r"according to (?:reports|"
    r"rumou?rs|some|many|experts|insiders|observers|sources|estimates)\b)|\breportedly\b|"
    r"\ballegedly\b",
    re.I,
)


def unsourced(sentence: str) -> Span | None:
    """Words that give a statement a source nobody can ask ("industry watchers believe").

    None when the same clause names one ("analysts at Berenberg expect").
    """
    for match in _UNSOURCED.finditer(sentence):
        after = sentence[match.end() : match.end() + 60]
        if re.match(r"\s+(?:at|from|of|for|in a (?:survey|filing)) [A-Z]", after):
            continue
        before = sentence[max(0, match.start() - 50) : match.start()]
        if re.search(r"\b(?:[A-Z]\w+['’]s|who|which|that)\s+$", before):
            continue
        return Span(match.start(), match.end(), match.group())
    return None


_INTEREST = re.compile(
    r"\b(?:the )?(?:author|writer|columnist|analyst|publisher|editor|contributor|firm|fund|"
    r"we|i|[A-Z]\w+ and its affiliates|"
    r"affiliates|staff|employees|clients)\b[^.\n]{0,60}?\b(?:holds?|owns?|has|have|may hold|"
    r"may own|may have|is|are|am|may trade|"
    r"may be|bought|maintains?)\b(?: also| currently| a| an| beneficial|"
    r" no)*(?: (?:\w+ ){0,3}?)?(?:shares|positions?|stakes?|"
    r"stock|holdings|securities|options|long positions?)\b(?:[^.\n]{0,80}?\b(?:in|of|mentioned|"
    r"discussed|companies|securities|above|this)\b)?[^.\n]*|\bdisclosures?: [^\n]{5,160}",
    re.I,
)
_OWN = re.compile(r"\b(?:so |disclosure: )?i (?:own|am long|hold|am short)\b[^.\n]*", re.I)
_NOT_INTEREST = re.compile(
    r"\b(?:has no|have no|holds? no|does not|do not|no position|none of)\b", re.I
)


def disclosed_interest(text: str) -> Span | None:
    """The statement that the author or publisher owns or trades what the text is about.

    Statements of having no position are not returned.
    """
    for match in _INTEREST.finditer(text):
        words = match.group()
        about_text = re.search(
            r"\b(?:column|article|post|report|note|mentioned|discussed|above|this (?:stock|"
            r"company)|author|writer|"
            r"columnist|affiliates|disclosure|so i own|positions? in the (?:securities|"
            r"stocks|shares|companies))\b",
            words,
            re.I,
        )
        if about_text and not _NOT_INTEREST.search(words):
            return Span(match.start(), match.end(), words)
    own = _OWN.search(text)
    return Span(own.start(), own.end(), own.group()) if own else None
