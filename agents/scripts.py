"""Which language a text is in, from script and function words. Good enough for a clear message."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["language_of", "looks_english"]

_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        """the of and to in is was for on that with are by as at from it this have has be
        what how which who will not does did when why where would an or their its many
        much do you about were been there than between after any could""".split()
    ),
    "de": frozenset(
        """der die das und ist nicht ein eine einen von zu mit auf für dem den des im sich
        wie was wer wird werden hat haben sind auch als bei nach aus warum welche welcher
        welches wurde über es sie ich wir kann zum zur vom ihre noch oder""".split()
    ),
    "fr": frozenset(
        """le la les des et est une un du dans que qui pour pas sur au aux avec plus par ce
        cette sont quel quelle quels quelles combien comment pourquoi en il elle nous vous
        ont été leur ses où quand sera""".split()
    ),
    "es": frozenset(
        """el la los las de y es una un del en que por para con no se su al lo como más qué
        cuál cuánto cuántos cómo por quién dónde cuándo fue son está han hay sus entre
        sobre""".split()
    ),
    "it": frozenset(
        """il lo la gli le di e è una un del della dei che per con non si su al come più
        quale quanto quanti chi dove quando sono ha hanno nel nella dal perché anche
        questo cosa""".split()
    ),
    "pt": frozenset(
        """o a os as de e é uma um do da dos das em que por para com não se ao como mais qual
        quanto quantos quem onde quando foi são está têm na no nas nos pelo pela seu sua""".split()
    ),
    "nl": frozenset(
        """de het een en van in is dat op te met voor niet aan zijn er om ook als maar bij uit wat
        hoe wie waar waarom welke hoeveel door naar worden wordt heeft""".split()
    ),
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_MARKS = {"de": "äöüß", "fr": "çèêëàâîïôùûœ", "es": "ñ¿¡áíóú", "pt": "ãõçáâêô", "it": "àèìòù"}


def language_of(text: str) -> str:
    """ISO 639-1 code of the main language, "other" for a script that is not known here, "unknown"
    when there is too little text. Ukrainian and other Cyrillic languages come back as "ru" unless
    they use letters that Russian does not ("uk")."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2:
        return "unknown"
    for code, pattern in _SCRIPTS:
        share = len(pattern.findall(text)) / len(letters)
        if share > (0.1 if code == "ja" else 0.3):
            if code == "ru" and re.search(r"[іїєґ]", text, re.I):
                return "uk"
            return code
    latin = sum(c.isascii() or "\u00c0" <= c <= "\u024f" for c in letters)
    if latin < 0.5 * len(letters):
        return "other"
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = Counter({code: sum(w in stops for w in words) for code, stops in _WORDS.items()})
    for code, marks in _MARKS.items():
        if counts[code]:
            counts[code] += sum(text.lower().count(m) for m in marks) // 2
    best, hits = counts.most_common(1)[0]
    if hits == 0:
        return "en" if all(c.isascii() for c in letters) and len(words) <= 6 else "unknown"
    tied = [code for code, n in counts.items() if n == hits]
    if "en" in tied:
        return "en"
    if len(tied) > 1:
        marked = [c for c in tied if any(m in text.lower() for m in _MARKS.get(c, ""))]
        return marked[0] if marked else tied[0]
    return best


def looks_english(text: str) -> bool:
    """Whether the text is English, or too short to be sure that it is not."""
    return language_of(text) in ("en", "unknown")
