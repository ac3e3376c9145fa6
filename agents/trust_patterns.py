"""Patterns of instructions to machines, paid content, vague sources and interests."""

from __future__ import annotations

import re

__all__ = [
    "ABOUT_ANSWER",
    "BEFORE",
    "BLOB",
    "CODED",
    "FOLLOW_ON",
    "HIDDEN",
    "HIDDEN_ORDER",
    "INTEREST",
    "IN_ANSWER",
    "MARKER_CLOSE",
    "MARKER_OPEN",
    "NOT_INTEREST",
    "ORDERS",
    "ORDER_VERBS",
    "OUTPUT",
    "OWN",
    "SPONSORED",
    "STOP",
    "STRONG",
    "TASK",
    "UNSOURCED",
]

BEFORE = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|former|initial|original|"
    r"existing|"
    r"system|provided|given|past|last|other|current|safety|old|your|said)"
)
ORDERS = (
    r"(?:instructions?|prompts?|directions?|rules|guidelines?|commands?|orders|"
    r"messages?|context|"
    r"text|tasks?|assignments?|conversation|inputs?|directives?|programming|training|"
    r"constraints|restrictions|documents?|articles?|information|content)"
)
# Each of these makes the sentence it is in an instruction to a machine.
STRONG = tuple(
    re.compile(p, re.I)
    for p in (
        rf"\b(?:ignor\w*|igmre|disregard\w*|forget|override|overlook|discard|bypass|skip|"
        rf"drop|do not follow|"
        rf"don['’]t follow|"
        rf"stop following)\s+(?:\w+\s+){{0,3}}?{BEFORE}\s+(?:\w+\s+){{0,2}}?{ORDERS}\b",
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
OUTPUT = (
    r"(?:your|the) (?:answer|response|reply|output|summary|message|reply's|response's|"
    r"answer's|"
    r"answers|responses)(?:['’]s)?\b"
)
# Orders about the form of an answer: an imperative that names "your answer".
ABOUT_ANSWER = re.compile(rf"\b(?:{OUTPUT})", re.I)
IN_ANSWER = re.compile(r"^\W*in your (?:answer|response|reply|output|message|summary),? \w+", re.I)
ORDER_VERBS = frozenset(
    """add augment anagram append begin combine convert embed encode encourage end enhance finish
    format give group include incorporate insert integrate introduce invert jumble make mention
    misspell modify omit provide put rearrange remove render replace reverse scramble start state
    substitute suggest swap translate use weave wrap write say print output reply respond answer
    limit keep conclude avoid shuffle capitalize capitalise""".split()
)
TASK = re.compile(
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
CODED = re.compile(
    r"\b(?:replace|substitut\w+|swap|misspell|scramble|jumble|anagram|capitali[sz]e|"
    r"reverse)\s+(?:\w+\s+){0,3}?"
    r"(?:letters?|vowels?|words?|consonants?|characters|spaces)\b|\balphanumeric substitution\b|"
    r"\bhomophonic substitution\b",
    re.I,
)
FOLLOW_ON = re.compile(
    r"^\W*(?:(?:also|then|and|now|instead|next|finally|please)\b\W*)?(?:do not|don['’]t|"
    r"never|you\b|your\b|state|rate|"
    r"say|write|cite|delete|print|reply|respond|answer|include|omit|mention|repeat|output|"
    r"ignore|treat|report|"
    r"give|use|translate|execute|follow|remember|make sure|ensure|instead|lower amounts|"
    r"if you|this is very)",
    re.I,
)
MARKER_OPEN = re.compile(
    r"(?:^|\n)[^\S\n]*(?:#{2,6}|={3,}|-{3,}|\*{2,}|\[+|<{1,3})[^\S\n]*(?:begin |"
    r"start )?[^\n]{0,20}?"
    r"\b(?:system|ai assistants?|assistant|instructions?|prompt|admin|override|llm)\b[^\n]*",
    re.I,
)
MARKER_CLOSE = re.compile(
    r"(?:^|\n)[^\S\n]*(?:#{2,6}|={3,}|-{3,}|\*{2,}|\[+|"
    r"<{1,3}/?)[^\S\n]*/?(?:end|stop|close)\b[^\n]*",
    re.I,
)
HIDDEN = re.compile(
    r"<!--(?:(?!-->).){5,2000}-->|<(\w+)[^>]*(?:display\s*:\s*none|"
    r"visibility\s*:\s*hidden|font-size\s*:\s*0)[^>]*>.*?</\1>",
    re.I | re.S,
)
HIDDEN_ORDER = re.compile(
    r"\b(?:ignore|assistant|instruction|prompt|you (?:are|must|"
    r"should)|ai\b|llm|system|summar\w+|report that|state that|do not)",
    re.I,
)
BLOB = re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{60,}={0,2})(?![A-Za-z0-9+/=])")
STOP = frozenset(
    """the a an of and or to in on for with is are was were be what which who how why when where
    do does did can could i you me my your it this that from by at as about between into their
    write explain describe provide give show tell main simple example process""".split()
)
SPONSORED = re.compile(
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
UNSOURCED = re.compile(
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
INTEREST = re.compile(
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
OWN = re.compile(r"\b(?:so |disclosure: )?i (?:own|am long|hold|am short)\b[^.\n]*", re.I)
NOT_INTEREST = re.compile(
    r"\b(?:has no|have no|holds? no|does not|do not|no position|none of)\b", re.I
)
