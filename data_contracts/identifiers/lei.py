"""Legal entity identifier (LEI), ISO 17442: 18 characters and two check digits (ISO 7064 MOD 97-10).

``stdnum.lei`` tests the check digits alone; the length and the characters are tested here.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_97_10

from data_contracts.identifiers.result import Result, normal_of, result

_CHARACTERS = re.compile("[0-9A-Z]{18}[0-9]{2}")


def check(value: object) -> Result:
    """Check a legal entity identifier.

    Returns
    -------
    Result
        Parts: issuer (4), entity (14), check (2).

    Examples
    --------
    >>> check("213800KUD8LAJWSQ9D15").parts["issuer"], check("213800KUD8LXJWSQ9D15").status
    ('2138', 'bad_checksum')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 20:
        return result("bad_length", text)
    if not _CHARACTERS.fullmatch(text):
        return result("bad_char", text)
    ok = mod_97_10.checksum(text) == 1
    return result(
        "ok" if ok else "bad_checksum", text, issuer=text[:4], entity=text[4:18], check=text[18:]
    )
