"""Codes of the credit registry: 机构信用代码 (18 characters) and 贷款卡编码 or 中征码 (16 characters).

The rules of their check digits are not known to us, so only the form is tested.
"""

from __future__ import annotations

import re

from data_contracts.identifiers.result import Result, normal_of, result

INSTITUTION = re.compile("[A-Z][0-9A-Z]{17}")
LOAN_CARD = re.compile("[0-9A-Z]{3}[0-9]{13}")


def check(value: object) -> Result:
    """Check the form of an institution credit code or a loan card code.

    Returns
    -------
    Result
        Parts: scheme, ``"institution_credit_code"`` or ``"loan_card"``.

    Examples
    --------
    >>> check("4420010000012345").parts["scheme"], check("44").status
    ('loan_card', 'bad_length')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) not in (16, 18):
        return result("bad_length", text)
    form, scheme = (
        (LOAN_CARD, "loan_card") if len(text) == 16 else (INSTITUTION, "institution_credit_code")
    )
    if not form.fullmatch(text):
        return result("bad_char", text)
    return result("ok", text, scheme=scheme)
