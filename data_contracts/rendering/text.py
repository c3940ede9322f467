"""Text as it may be shown, and how wide it will be."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "\ufffd"
_LONGEST_WORD = 28
_CLOSING = "）】》」』”’，。、；：？！％"


def clean(text: str) -> str:
    r"""Replace what has no glyph or would turn the text around: controls, surrogates, bidi overrides.

    Examples
    --------
    >>> clean("a\x00b\u202ec")
    'a�b�c'
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char in "\n\t" or (unicodedata.category(char) not in ("Cc", "Cs") and not _turns(char))
        else _REPLACEMENT
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def _turns(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def width(text: str) -> float:
    """Approximate width in ems: 1 for a Chinese character, about half for a Latin one."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.56 for char in text)


def wrapped(text: str, ems: float, lines: int) -> list[str]:
    """Break a text into lines of at most ``ems``; the last of ``lines`` ends in an ellipsis if needed."""
    found: list[str] = []
    current = ""
    for word in _pieces(text):
        if current and width(current + word.rstrip()) > ems:
            found.append(current.rstrip())
            current = ""
        current += word if current else word.lstrip()
        while width(current) > ems:
            cut = len(current)
            while cut > 1 and width(current[:cut]) > ems:
                cut -= 1
            found.append(current[:cut])
            current = current[cut:]
    if current.strip() or not found:
        found.append(current.rstrip())
    if len(found) > lines:
        last = found[lines - 1]
        while last and width(last + "…") > ems:
            last = last[:-1]
        found = [*found[: lines - 1], last + "…"]
    return found


def _pieces(text: str) -> list[str]:
    """Words with the blank behind them; each Chinese character is a piece of its own.

    Closing punctuation stays with what it closes: no line begins with it.
    """
    pieces: list[str] = []
    word = ""
    for char in text.replace("\n", " "):
        if char in _CLOSING and (word or pieces):
            if word:
                word += char
            else:
                pieces[-1] += char
        elif unicodedata.east_asian_width(char) in "WF":
            pieces += [word, char] if word else [char]
            word = ""
        else:
            word += char
            if char == " ":
                pieces.append(word)
                word = ""
    return [*pieces, word] if word else pieces


def breakable(text: str) -> str:
    """Let a very long word (a digest, an address) break where a line ends: zero-width spaces."""
    out, run = [], 0
    for char in text:
        run = 0 if char.isspace() or unicodedata.east_asian_width(char) in "WF" else run + 1
        out.append(char)
        if run == _LONGEST_WORD:
            run = 0
            out.append("\u200b")
    return "".join(out) if len(text) > _LONGEST_WORD else text
