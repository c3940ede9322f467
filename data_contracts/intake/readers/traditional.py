"""Big5 text that would pass for GB18030: every pair of its bytes is a pair of GB18030 too, but of other signs.

Read as GB18030, common Big5 characters fall into the zone for private use, which hardly any text has. A file
is taken for Big5 only where both readings say so plainly; in doubt it is GB18030.
"""

from __future__ import annotations

import re
from pathlib import Path

from data_contracts.errors import ContractsError
from data_contracts.intake.readers import guards

CODEC = "cp950"
"""Big5 as Windows writes it, a superset of the standard."""

_SAMPLE = 1 << 16
_STRANGE = re.compile("[\ue000-\uf8ff\u0370-\u04ff\u2500-\u257f\u3041-\u312f]")
"""Private signs, Greek, Cyrillic, frames, kana and bopomofo: what the commonest characters of Big5 turn into."""
_FEWEST = 3
_SHARE = 0.2
"""Share of strange signs among those that are not ASCII from which text is no GB18030, if one of them is private.
Ours; a test holds the lines of the bureaux' real tables against it."""
_COMMON = 0.9
"""Share of common characters and punctuation that Big5 text has at least. Ours."""


def refuse_big5(path: Path) -> None:
    """Refuse a file that is readable as GB18030 but is plainly Big5.

    Raises
    ------
    ContractsError
        For such a file, with the line of its first Chinese text.
    """
    sample, line = _sample(path)
    if is_big5(sample):
        raise ContractsError(
            "the text is Big5 (繁体), not GB18030.",
            expected="UTF-8 or GB18030",
            hint="say `encoding: big5` in the mapping, or save the file as CSV UTF-8",
            file=path,
            line=line,
        )


def is_big5(sample: bytes) -> bool:
    """Whether bytes that GB18030 can read are plainly Big5.

    Examples
    --------
    >>> is_big5("名稱,登記日期,資本額".encode("big5")), is_big5("名称,登记日期,资本额".encode("gb18030"))
    (True, False)
    """
    wide = [sign for sign in sample.decode("gb18030", "replace") if sign > "\x7f"]
    strange = _STRANGE.findall("".join(wide))
    private = any("\ue000" <= sign <= "\uf8ff" for sign in strange)
    if not private or len(strange) < max(_FEWEST, _SHARE * len(wide)):
        return False
    try:
        told = sample.decode(CODEC)
    except UnicodeDecodeError:
        return False
    leads = [sign.encode(CODEC)[0] for sign in told if sign > "\x7f"]
    # A1 to A3 are punctuation, A4 to C6 the 5,401 common characters.
    common = sum(0xA1 <= lead <= 0xC6 for lead in leads)
    return common >= _COMMON * len(leads)


def _sample(path: Path) -> tuple[bytes, int | None]:
    """Whole lines that are not ASCII, as many as a sample needs, and the number of the first."""
    found, first, size = [], None, 0
    with guards.open_binary(path) as stream:
        number = 0
        while size < _SAMPLE and (line := stream.readline(_SAMPLE)):
            number += 1
            whole = line.endswith(b"\n") or len(line) < _SAMPLE
            if whole and not line.isascii():
                first = first or number
                found.append(line)
                size += len(line)
    return b"".join(found), first
