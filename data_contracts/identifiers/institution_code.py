"""Financial institution code (金融机构编码) of the central bank, 银发〔2009〕363号: 14 characters.

Class letter, second class, institution (4), area (first two digits of GB/T 2260), sequence (5), check. The
check digit's rule is not published and is not tested; whether an institution exists is for the registry of
institutions to say.
"""

from __future__ import annotations

import re

from data_contracts.codes.areas import area
from data_contracts.identifiers.result import Result, normal_of, result

CLASSES = {
    "A": "货币当局",
    "B": "监管当局",
    "C": "银行业存款类金融机构",
    "D": "银行业非存款类金融机构",
    "E": "证券业金融机构",
    "F": "保险业金融机构",
    "G": "交易及结算类金融机构",
    "H": "金融控股公司",
    "Z": "其他",
}
"""Names from memory; the letters are those of the published form."""

PATTERN = re.compile("[A-HZ][0-9]{13}")


def check(value: object) -> Result:
    """Check the form of an institution code.

    Returns
    -------
    Result
        Parts: institution_class, class_name, second_class, institution, province, province_name (None
        for no province of GB/T 2260), sequence, check.

    Examples
    --------
    >>> found = check("C1010211000012")
    >>> found.status, found.parts["institution"], found.parts["province_name"]
    ('ok', '0102', '北京市')
    """
    text = normal_of(value)
    if text is None:
        return result("bad_char", "")
    if len(text) != 14:
        return result("bad_length", text)
    if not PATTERN.fullmatch(text):
        return result("bad_char", text)
    province = area(text[6:8] + "0000")
    return result(
        "ok",
        text,
        institution_class=text[0],
        class_name=CLASSES[text[0]],
        second_class=text[1],
        institution=text[2:6],
        province=text[6:8],
        province_name=province.name if province else None,
        sequence=text[8:13],
        check=text[13],
    )
