"""One code or name asked for: what it is, what it may be, and texts that are neither."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_contracts.intake.lake import Lake
from features.errors import FeaturesError
from features.identity import codes, names
from features.identity.lookup import lookup
from features.identity.review import ReviewStore
from tests.features.identity.firms import DAY, LATER, NOW, firm, lake_with, organisation, unified

NAME = "北京华信电子有限公司"
ONE, TWO = f"USCC-{unified(1)}", f"USCC-{unified(2)}"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_with(
        tmp_path / "lake",
        [firm(1, NAME, registration_no="440301103097413"), firm(2, "北京大地餐饮有限公司", LATER)],
        [],
    )


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (unified(1), "code"),
        (f" {unified(1).lower()} ", "code"),
        (ONE, "code"),
        (organisation(1), "code"),
        (f"{organisation(1)[:8]}-{organisation(1)[8]}", "code"),
        ("440301103097413", "code"),
        (NAME, "name"),
        ("北京华信电子有限责任公司", "spelling"),
    ],
)
def test_every_way_to_write_an_enterprise_leads_to_it(lake: Lake, text: str, how: str) -> None:
    found = lookup(lake, text, NOW)
    assert [(a.target, a.name, a.how, a.linked) for a in found] == [(ONE, NAME, how, True)]


def test_what_is_known_later_is_not_told(lake: Lake) -> None:
    assert lookup(lake, unified(2), date(2024, 6, 9)) == []
    assert [a.target for a in lookup(lake, unified(2), LATER)] == [TWO]
    assert lookup(lake, "北京无人知晓广告中心", NOW) == []


def test_candidates_of_one_name_are_shown_as_doubts_until_somebody_decides(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", [firm(1, NAME), firm(2, NAME)], [])
    found = lookup(lake, NAME, NOW)
    assert {(a.target, a.linked, a.score) for a in found} == {
        (ONE, False, 0.45),
        (TWO, False, 0.45),
    }
    store = ReviewStore(tmp_path / "identity")
    store.decide(names.name_subject(NAME), ONE, "confirmed", by="王", at=DAY)
    assert [(a.target, a.linked) for a in lookup(lake, NAME, NOW, store)] == [(ONE, True)]


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "张三丰", "PID-" + "0" * 32])
def test_texts_that_are_refused(lake: Lake, text: str) -> None:
    with pytest.raises(FeaturesError):
        lookup(lake, text, NOW)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40) | st.text("0123456789ABCDEFGHX-*.E+ 　", max_size=20))
def test_no_text_breaks_it(lake: Lake, text: str) -> None:
    try:
        found = lookup(lake, text, NOW)
    except FeaturesError:
        return
    assert all(answer.target in (ONE, TWO) for answer in found)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_or_code_breaks_the_readers(one: str, other: str) -> None:
    parts = names.parts_of(one)
    assert isinstance(parts.brand, str)
    assert names.key_of(names.key_of(one)) == names.key_of(one)
    names.may_be_person(one)
    codes.subject_of(one)
    codes.organisation_codes(one)
    assert codes.agreement(one, unified(1), other) in (
        "same", "near", "masked", "unlike", "differs", "none",
    )  # fmt: skip
