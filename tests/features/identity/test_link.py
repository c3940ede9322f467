"""Who is who in small lakes written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data_contracts.intake.mapping.subject import name_subject
from features.errors import FeaturesError
from features.identity import similar
from features.identity.link import Linked, link
from features.identity.report import by_score, pairs_to_judge
from tests.features.identity.firms import (
    DAY,
    LATER,
    NOW,
    firm,
    lake_with,
    listed,
    organisation,
    unified,
)
from tests.features.lakes import add


def linked(root: Path, firms: list[Any], lists: list[Any], **more: Any) -> Linked:
    return link(lake_with(root, firms, lists), NOW, **more)


def believed(found: Linked) -> dict[str, tuple[str, str]]:
    return {c.subject: (c.target, c.how) for c in found.links if c.since <= NOW < c.until}


def queued(found: Linked) -> dict[tuple[str, str], str]:
    return {(p["subject"], p["target"]): p["against"] or p["how"] for p in pairs_to_judge(found)}


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("北京华信电子有限公司", "name"),
        ("北京华信电子　有限公司", "name"),
        ("北京华信电子有限责任公司", "spelling"),
        ("北京華信電子有限公司", "spelling"),
    ],
)
def test_a_name_alone_leads_to_the_firm(tmp_path: Path, written: str, how: str) -> None:
    found = linked(tmp_path, [firm(1, "北京华信电子有限公司")], [listed(written)])
    assert believed(found) == {name_subject(written): (f"USCC-{unified(1)}", how)}


@pytest.mark.parametrize(
    "written",
    [
        "北京华信电子有限公司第一分公司",
        "北京华信电子有限公司海淀门市部",
        "华信电子（上海）有限公司",
        "上海华信电子有限公司",
        "北京华信餐饮有限公司",
    ],
)
def test_a_branch_or_a_firm_of_another_city_or_trade_is_not_believed(
    tmp_path: Path, written: str
) -> None:
    found = linked(tmp_path, [firm(1, "北京华信电子有限公司")], [listed(written)])
    assert believed(found) == {}


def test_a_branch_is_not_even_asked_about(tmp_path: Path) -> None:
    found = linked(
        tmp_path, [firm(1, "北京华信电子有限公司")], [listed("北京华信电子有限公司第一分公司")]
    )
    assert queued(found) == {}


def test_two_firms_of_one_name_wait_for_a_person(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    found = linked(tmp_path, [firm(1, name), firm(2, name)], [listed(name)])
    assert believed(found) == {}
    subject = name_subject(name)
    assert queued(found) == {(subject, f"USCC-{unified(n)}"): "several" for n in (1, 2)}


@pytest.mark.parametrize(
    ("address", "asked"), [("北京市朝阳区望京街１０号院2号楼", True), (None, False)]
)
def test_a_slip_in_a_name_is_asked_about_only_where_the_address_agrees(
    tmp_path: Path, address: str | None, asked: bool
) -> None:
    written = "北京泰邦卓庭酒店管理有限公司"
    owes = {
        "subject_id": name_subject(written), "subject_name": written, "address": address, "known": DAY,
        "published_on": DAY, "tax_kind": "vat", "entry_no": "1", "owed_cents": 100,
    }  # fmt: skip
    right = firm(1, "北京泰邦卓霆酒店管理有限公司", address="朝阳区望京街10号院2号楼")
    found = link(lake_with(tmp_path, [right], [], tax_arrears=[owes]), NOW)
    assert believed(found) == {}
    pair = (name_subject(written), f"USCC-{unified(1)}")
    assert queued(found) == ({pair: "similar"} if asked else {})
    if asked:
        levels = dict(found.candidates[0].levels)
        assert (levels["brand"], levels["address"]) == ("one character", "same")


def test_another_code_beside_an_equal_name_waits_for_a_person(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    wrong = organisation(77)
    found = linked(tmp_path, [firm(1, name)], [listed(name, code=wrong, subject=f"ORG-{wrong}")])
    assert believed(found) == {}
    assert queued(found) == {(f"ORG-{wrong}", f"USCC-{unified(1)}"): "other code"}


def test_an_organisation_code_leads_to_the_unified_code_that_contains_it(tmp_path: Path) -> None:
    code = organisation(1)
    found = linked(tmp_path, [firm(1, "北京华信电子有限公司")],
                   [listed("北京华信电子有限公司", code=code, subject=f"ORG-{code}")])  # fmt: skip
    assert believed(found) == {f"ORG-{code}": (f"USCC-{unified(1)}", "code")}


def test_a_right_code_with_another_name_waits_for_a_person(tmp_path: Path) -> None:
    code = organisation(1)
    found = linked(tmp_path, [firm(1, "北京华信电子有限公司")],
                   [listed("北京大地餐饮有限公司", code=code, subject=f"ORG-{code}")])  # fmt: skip
    assert believed(found) == {}
    assert queued(found) == {(f"ORG-{code}", f"USCC-{unified(1)}"): "other name"}


def test_the_registration_tells_which_old_number_is_whose(tmp_path: Path) -> None:
    old = "440301103097413"
    found = linked(tmp_path, [firm(1, "北京华信电子有限公司", registration_no=old)],
                   [listed("北京华信电子有限公司", code=old, subject=f"REG-{old}")])  # fmt: skip
    assert believed(found) == {f"REG-{old}": (f"USCC-{unified(1)}", "code")}


def test_a_chain_leads_to_its_end(tmp_path: Path) -> None:
    old, former = "440301103097413", "北京旧名商贸有限公司"
    # The list knows the number under a name of which the registration knows nothing.
    found = linked(tmp_path, [firm(1, "北京旧名电子有限公司", registration_no=old)],
                   [listed(former, code=old, subject=f"REG-{old}"), listed(former, LATER)])  # fmt: skip
    target = f"USCC-{unified(1)}"
    assert believed(found) == {
        f"REG-{old}": (target, "code"),
        name_subject(former): (target, "name"),
    }


def test_a_former_name_leads_to_the_firm(tmp_path: Path) -> None:
    change = {
        "subject_id": f"USCC-{unified(1)}", "kind": "name", "changed_on": LATER, "entry_no": "1",
        "before": "北京旧名商贸有限公司", "after": "北京华信电子有限公司",
    }  # fmt: skip
    lake = lake_with(tmp_path, [firm(1, "北京华信电子有限公司")], [listed("北京旧名商贸有限公司")])
    add(lake, {"registration_change": [change]})
    found = link(lake, NOW)
    assert believed(found) == {
        name_subject("北京旧名商贸有限公司"): (f"USCC-{unified(1)}", "former")
    }
    assert believed(link(lake, date(2024, 3, 1), by_similarity=False)) == {}


def test_persons_are_never_linked(tmp_path: Path) -> None:
    person = "PID-" + "0" * 32
    lake = lake_with(tmp_path, [firm(1, "张三丰"), firm(2, "北京华信电子有限公司")],
                     [listed("张三丰", subject=person), listed("张三丰", LATER),
                      listed("北京华信电子有限公司", subject=person, day=date(2024, 7, 1))])  # fmt: skip
    found = link(lake, NOW)
    assert believed(found) == {}
    assert queued(found) == {}


def test_the_same_lake_gives_the_same_links(tmp_path: Path) -> None:
    firms = [
        firm(n, f"北京{brand}科技有限公司")
        for n, brand in enumerate(["华信", "华信达", "中科云创", "泰邦卓霆"], 1)
    ]
    lists = [
        listed(f"{brand}科技（北京）股份有限公司") for brand in ("华信", "中科产创", "泰邦卓庭")
    ]
    one, other = (
        linked(tmp_path / "a", firms, lists),
        linked(tmp_path / "b", firms[::-1], lists[::-1]),
    )
    assert one.candidates
    assert one.candidates == other.candidates
    assert pairs_to_judge(one) == pairs_to_judge(other)


def test_counts_by_score(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    lake = lake_with(tmp_path, [firm(1, name)], [listed(name), listed("北京无人知晓广告中心")])
    assert by_score(lake, link(lake, NOW), "abnormal_operation") == [
        ("0.99", "名称一致 equal name", 1), ("0.00", "无匹配 none", 1),
    ]  # fmt: skip
    with pytest.raises(FeaturesError, match="no records of penalty"):
        by_score(lake, link(lake, NOW, by_similarity=False), "penalty")


def test_without_splink_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "splink", None)
    with pytest.raises(FeaturesError, match="--exact"):
        similar.import_splink()


def test_what_is_known_later_changes_nothing_before(tmp_path: Path) -> None:
    name = "北京华信电子有限公司"
    lake = lake_with(tmp_path, [firm(1, name)], [listed(name)])
    day = date(2024, 3, 1)
    before = link(lake, day, by_similarity=False)
    add(lake, {"registration": [firm(2, name, LATER)]})
    after = link(lake, day, by_similarity=False)
    assert before.links == after.links
    assert before.links[0].since >= DAY
    assert believed(link(lake, NOW, by_similarity=False)) == {}
