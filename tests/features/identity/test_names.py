"""Names written alike and taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.identity.names import key_of, may_be_person, parts_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京家禽育种有限责任公司", "北京家禽育种有限公司"),
        ("京瓦牧业（北京）有限公司", "京瓦牧业(北京)有限公司"),
        ("京瓦牧业【北京】 有限公司", "京瓦牧业(北京)有限公司"),
        ("北京華信電子有限公司", "北京华信电子有限公司"),
        ("北京３６０科技有限公司", "北京三六〇科技有限公司"),
        ("信桥山丰嘉电子（模拟） 有限 公司", "信桥山丰嘉电子(模拟)有限公司"),
        ("北京某某股份公司", "北京某某股份有限公司"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("京瓦牧业（北京）有限公司", "北京京瓦牧业有限公司"),
        ("北京华信电子有限公司", "北京华信电子股份有限公司"),
        ("北京壹新科技有限公司", "北京一新科技有限公司"),
        ("北京华信电子有限公司", "北京华信电子有限公司第一分公司"),
    ],
)
def test_other_names(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize(
    ("name", "area", "placed", "brand", "industry", "form", "branch"),
    [
        ("北京泰邦卓霆酒店管理有限公司", "110000", "before", "泰邦卓霆", "酒店管理", "limited", ""),
        (
            "鑫洋瀚（北京）供应链管理有限公司",
            "110000",
            "inside",
            "鑫洋瀚",
            "供应链管理",
            "limited",
            "",
        ),
        ("北京市朝阳区大屯商贸中心", "110105", "before", "大屯", "商贸", "centre", ""),
        (
            "上海嘉行汽车服务有限公司北京分公司",
            "310000",
            "before",
            "嘉行",
            "汽车服务",
            "limited",
            "北京分公司",
        ),
        (
            "北京众聚达管理咨询中心（有限合伙）",
            "110000",
            "before",
            "众聚达",
            "管理咨询",
            "partnership",
            "",
        ),
        (
            "北京后安岭民俗旅游专业合作社",
            "110000",
            "before",
            "后安岭",
            "民俗旅游",
            "cooperative",
            "",
        ),
        ("北京朝阳科技有限公司", "110000", "before", "朝阳", "科技", "limited", ""),
        ("某某集团有限公司第壹分公司", "", "", "某某", "集团", "limited", "一分公司"),
    ],
)
def test_parts(
    name: str, area: str, placed: str, brand: str, industry: str, form: str, branch: str
) -> None:
    found = parts_of(name)
    assert (found.area, found.placed, found.brand) == (area, placed, brand)
    assert (found.industry, found.form, found.branch) == (industry, form, branch)


@pytest.mark.parametrize(
    ("name", "person"),
    [("张三", True), ("欧阳小明", True), ("艾山·买买提", True), ("首钢总公司", False), ("隆福鞋厂", False),
     ("北京华信电子有限公司", False)],
)  # fmt: skip
def test_names_that_a_person_may_have(name: str, person: bool) -> None:
    assert may_be_person(name) is person


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="北京市朝阳区华信科技电子有限责任公司（）() 第一分Ａ3壹國", max_size=20))
def test_a_key_is_its_own_key(name: str) -> None:
    assert key_of(key_of(name)) == key_of(name)
    parts_of(name)
