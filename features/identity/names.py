"""Names of enterprises, written alike and taken apart: area, brand, industry, form, branch.

The rules are simple and their words stand in `tables/*.csv`. Where 北京 stands, before the brand or in
brackets behind it, is kept: both names may be registered, for two enterprises.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from data_contracts.codes.areas import areas
from data_contracts.intake.mapping.subject import name_subject, normal_name

__all__ = ["NameParts", "key_of", "may_be_person", "name_subject", "normal_name", "parts_of"]

_DIGITS = str.maketrans("0123456789〇○", "零一二三四五六七八九零零")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
"""Formal digits count as digits in a branch alone: 壹新 and 一新 are two brands."""
_NOISE = re.compile(r"[^0-9A-Z一-鿿㐀-䶿]+")
_ALIKE = (
    ("股份有限责任公司", "股份有限公司"),
    ("股份公司", "股份有限公司"),
    ("责任有限公司", "有限公司"),
    ("有限责任公司", "有限公司"),
)
_NOTES = re.compile(r"\((?:个人独资|个体工商户|已注销|已吊销|吊销|注销)\)$")
_PART = "(?:分公司|分店|分厂|分部|分社|分行|支行|分校|分所|分中心|分院)"
_BRANCH = re.compile(
    rf"^(.{{4,}}?(?:公司|合作社|合伙\)))(.{{1,40}})$"
    rf"|^(.{{4,}}?(?:中心|厂|店|商场|超市|院|校|商行))(.{{0,8}}{_PART})$"
    rf"|^(.{{4,}}?)((?:第?[一二三四五六七八九十百0-9]+)?{_PART})$"
)
_NO_BRANCH = re.compile(r"的|\((?:有限|普通|特殊普通)合伙\)|(?:有限|责任)*公司")
_INSIDE = re.compile(r"\(([一-鿿]{2,8})\)")
_LEAST_BRAND = 2


@dataclass(frozen=True)
class NameParts:
    """Parts of a name, each `""` where the name has none.

    Attributes
    ----------
    area : str
        Code of the narrowest area named (GB/T 2260), or `"CN"`.
    placed : str
        Where the area stands: `before`, `inside` (in brackets behind the brand) or `""`.
    brand, industry, form : str
        The distinctive part (字号), words of the trade (行业) and class of the legal form.
    branch : str
        What stands behind the name of the head office.
    """

    area: str
    placed: str
    brand: str
    industry: str
    form: str
    branch: str


def key_of(name: str) -> str:
    """Name as it is compared for equality: also traditional characters, digits, punctuation and 有限责任公司.

    Examples
    --------
    >>> key_of("北京家禽育種有限責任公司") == key_of(" 北京家禽育种 有限公司")
    True
    >>> key_of("京瓦牧业（北京）有限公司") == key_of("北京京瓦牧业有限公司")
    False
    """
    text = _NOTES.sub("", _simple(normal_name(name)))
    text = _NOISE.sub("", text.translate(_DIGITS))
    for written, meant in _ALIKE:
        text = text.replace(written, meant)
    return text.replace("股份有限有限公司", "股份有限公司")


def parts_of(name: str) -> NameParts:
    """Take a name apart.

    Examples
    --------
    >>> parts_of("北京泰邦卓霆酒店管理有限公司")
    NameParts(area='110000', placed='before', brand='泰邦卓霆', industry='酒店管理', form='limited', branch='')
    >>> parts_of("猛禽科技（北京）有限公司").placed, parts_of("北京益智发超市有限公司二十一分公司").branch
    ('inside', '二十一分公司')
    """
    text = _NOTES.sub("", _simple(normal_name(name)))
    text, branch = _branch_of(text)
    text, form = _form_of(text)
    text, area, placed = _area_of(text)
    text = _NOISE.sub("", text.translate(_DIGITS))
    brand, industry = _industry_of(text)
    return NameParts(area, placed, brand, industry, form, branch)


def may_be_person(name: str) -> bool:
    """Whether a text may be the name of a natural person: short, and without any word of trade or form.

    Examples
    --------
    >>> may_be_person("张三丰"), may_be_person("北京隆福鞋厂"), may_be_person("买买提·艾山")
    (True, False, True)
    """
    if len(name) > 6 and "·" not in name:
        return False
    text = normal_name(name)
    if len(text) > 4 and "·" not in text:
        return False
    found = parts_of(text)
    return not (found.form or found.industry)


def _simple(text: str) -> str:
    return text.translate(_traditional())


def _branch_of(text: str) -> tuple[str, str]:
    found = _BRANCH.match(text)
    if found is None:
        return text, ""
    head, branch = next((found[n], found[n + 1]) for n in (1, 3, 5) if found[n])
    if _NO_BRANCH.fullmatch(branch):
        return text.removesuffix("的"), ""
    if branch.endswith("公司") and "分公司" not in branch:
        return text, ""  # 某某公司某某有限公司 is a company of its own
    branch = _NOISE.sub("", branch.translate(_DIGITS).translate(_FORMAL)).removeprefix("第")
    return head, branch


def _form_of(text: str) -> tuple[str, str]:
    bare = text.rstrip(")").rstrip("(")
    for word, form in _forms().items():
        if bare.endswith(word) and len(bare) > len(word):
            rest = bare.removesuffix(word).rstrip("(")
            # A partnership says what it is behind a word of form: 管理中心(有限合伙).
            return (_form_of(rest)[0] if form == "partnership" else rest), form
    return text, ""


def _area_of(text: str) -> tuple[str, str, str]:
    """Text without its area, the area's code, and where it stood."""
    for found in _INSIDE.finditer(text):
        inside = _place_names().get(found[1])
        if inside:
            return text.replace(found[0], "", 1), inside, "inside"
    area, rest = "", text
    for _ in range(3):
        for length in range(min(12, len(rest) - _LEAST_BRAND), 1, -1):
            code = _place_names().get(rest[:length])
            if code and (not area or _below(code, area, rest[:length])):
                area, rest = code, rest[length:]
                break
        else:
            break
    return rest, area, "before" if area else ""


def _below(code: str, area: str, word: str) -> bool:
    """Whether a second place lies in the first; only a full name counts there (朝阳 may be a brand)."""
    return code.startswith(area.rstrip("0")) and code != area and word[-1] in "市区县旗州盟"


def _industry_of(text: str) -> tuple[str, str]:
    """Brand and words of the trade at the end, as many as the table knows."""
    words, industry = _industries(), ""
    while True:
        longest = min(8, len(text) - _LEAST_BRAND)
        found = next((n for n in range(longest, 1, -1) if text[-n:] in words), 0)
        if not found:
            return text, industry
        text, industry = text[:-found], text[-found:] + industry


@cache
def _place_names() -> Mapping[str, str]:
    """Names of places that may begin a name, with their codes: counties only in full."""
    found: dict[str, str] = {"中国": "CN"}
    for place in areas().values():
        if place.name in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"):
            continue
        found.setdefault(place.name, place.code)
        if place.level != "county":
            short = re.sub(r"(壮族|回族|维吾尔)?(特别行政区|自治区|省|市|地区|盟)$", "", place.name)
            if len(short) > 1 and "自治州" not in short:
                found.setdefault(short, place.code)
    return MappingProxyType(found)


@cache
def _forms() -> Mapping[str, str]:
    rows = {row["word"]: row["form"] for row in _table("forms")}
    return MappingProxyType(dict(sorted(rows.items(), key=lambda pair: -len(pair[0]))))


@cache
def _industries() -> frozenset[str]:
    return frozenset(row["word"] for row in _table("industries"))


@cache
def _traditional() -> Mapping[int, str]:
    return MappingProxyType({ord(r["traditional"]): r["simplified"] for r in _table("traditional")})


def _table(name: str) -> list[dict[str, str]]:
    with (files("features.identity") / f"tables/{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
