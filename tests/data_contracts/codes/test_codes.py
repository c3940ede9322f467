"""Areas, industries, sizes, loan classes and code tables, on figures worked out by hand."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest

from data_contracts import codes
from data_contracts.codes.sizes import CENTS_IN_WAN, size_industries
from data_contracts.errors import ContractsError


def test_areas() -> None:
    levels = Counter(place.level for place in codes.areas().values())
    assert levels == {"province": 34, "prefecture": 342, "county": 2975}
    assert [codes.areas()[code].name for code in ("150200", "320100", "410200")] == [
        "包头市",
        "南京市",
        "开封市",
    ]
    assert codes.counties("4420") == ()
    assert {place.code[:4] for place in codes.counties("4403")} == {"4403"}
    assert codes.area("442001") is None


def test_codes_of_the_past_know_their_years() -> None:
    assert codes.places("110103", 2010) == ("崇文区",)
    assert codes.places("110103", 2011) == ()
    assert codes.known_until()["110103"] == 2010
    assert codes.known_until()["440106"] is None
    assert codes.places("120110", 1990) == ("东郊区",)
    assert codes.places("120110", 2000) == ("东丽区",)


def test_industries() -> None:
    levels = Counter(found.level for found in codes.industries().values())
    assert levels == {"section": 20, "division": 97, "group": 473, "class": 1381}
    assert codes.industries("2011") == {}
    assert codes.industry("0111") == codes.industry("A0111")
    assert codes.industry("B0111") is None
    assert codes.industry("0111", "2011") is None


@pytest.mark.parametrize(
    ("letter", "first", "last"),
    [("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("J", 66, 69), ("T", 97, 97)],
)
def test_the_letter_owns_its_divisions(letter: str, first: int, last: int) -> None:
    owned = [n for n in range(100) if codes.section_of(f"{n:02d}") == letter]
    assert owned == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("code", "employees", "revenue", "assets", "expected"),
    [
        ("0111", None, 20000, None, "large"),
        ("0111", None, 19999, None, "medium"),
        ("0111", None, 500, None, "medium"),
        ("0111", None, 50, None, "small"),
        ("0111", None, 49, None, "micro"),
        ("1311", 1000, 40000, None, "large"),
        ("1311", 1000, 39999, None, "medium"),
        ("1311", 299, 2000, None, "small"),
        ("1311", 19, 50000, None, "micro"),
        ("1311", 20, 300, None, "small"),
        ("1311", 20, None, None, "unknown"),
        ("47", None, 6000, 5000, "medium"),
        ("47", None, 6000, 4999, "small"),
        ("51", 20, 5000, None, "medium"),
        ("52", 10, 99, None, "micro"),
        ("531", 5000, 90000, None, None),
        ("54", 1000, 30000, None, "large"),
        ("65", 300, 10000, None, "large"),
        ("701", None, 1000, 5000, "medium"),
        ("701", None, 1000, 4999, "small"),
        ("702", 100, 500, None, "small"),
        ("72", 300, None, 120000, "large"),
        ("73", 300, None, None, "large"),
        ("73", 9, None, None, "micro"),
        ("6621", 5000, 5000, 5000, None),
        ("91", 10, 10, 10, None),
        ("70", 100, 500, 500, "unknown"),
        (None, 100, 500, 500, "unknown"),
        ("ZZ", 100, 500, 500, "unknown"),
    ],
)
def test_enterprise_size(
    code: str | None,
    employees: int | None,
    revenue: int | None,
    assets: int | None,
    expected: str | None,
) -> None:
    found = codes.enterprise_size(
        code,
        employees=employees,
        revenue_cents=None if revenue is None else revenue * CENTS_IN_WAN,
        assets_cents=None if assets is None else assets * CENTS_IN_WAN,
    )
    assert found == expected


def test_one_cent_decides_and_limits_may_be_given() -> None:
    retail = {"employees": 300, "revenue_cents": 20000 * CENTS_IN_WAN}
    assert codes.enterprise_size("52", **retail) == "large"
    retail["revenue_cents"] -= 1
    assert codes.enterprise_size("52", **retail) == "medium"
    limits = {"retail": (codes.SizeLimit("employees", 30, 20, 10, "OURS"),)}
    assert codes.enterprise_size("52", employees=30, limits=limits) == "large"
    assert codes.enterprise_size("52", employees=30, mapping={"52": None}) is None


def test_every_division_has_a_group_or_is_out_of_scope() -> None:
    divisions = [c for c, found in codes.industries().items() if found.level == "division"]
    assert all(code in size_industries() or code == "70" for code in divisions)
    assert {limit.source for limits in codes.SIZE_LIMITS.values() for limit in limits} == {
        "PUB",
        "MEM",
    }


GENERAL = {0: "1", 1: "2", 90: "2", 91: "3", 270: "3", 271: "4", 360: "4", 361: "5", 9999: "5"}
CARD = {0: "1", 1: "2", 90: "2", 91: "3", 120: "3", 121: "4", 180: "4", 181: "5"}
DIGITS = {
    -1: None,
    0: None,
    1: "1",
    30: "1",
    31: "2",
    60: "2",
    61: "3",
    150: "5",
    151: "6",
    180: "6",
    181: "7",
}


def test_floors_of_the_five_classes() -> None:
    assert {days: codes.floor_class(days) for days in GENERAL} == GENERAL
    assert {days: codes.floor_class(days, codes.CARD_FLOORS) for days in CARD} == CARD
    assert codes.floor_class(None) is None
    assert codes.floor_class(40, [codes.Floor(30, "3", "OURS")]) == "3"
    assert {floor.source for floor in codes.GENERAL_FLOORS} == {"MEM"}


def test_status_digits_and_the_sql_of_both() -> None:
    assert {days: codes.status_digit(days) for days in DIGITS} == DIGITS
    with duckdb.connect() as connection:
        for days in [*range(-1, 400), None]:
            shown = "NULL::BIGINT" if days is None else str(days)
            sql = (
                f"SELECT {codes.floor_class_sql(shown)}, "
                f"{codes.floor_class_sql(shown, codes.CARD_FLOORS)}, {codes.status_digit_sql(shown)}"
            )
            assert connection.execute(sql).fetchone() == (
                codes.floor_class(days),
                codes.floor_class(days, codes.CARD_FLOORS),
                codes.status_digit(days),
            )


def test_non_performing() -> None:
    assert [codes.non_performing(c) for c in ("1", "2", "3", "4", "5", "9", None)] == [
        False, False, True, True, True, None, None,
    ]  # fmt: skip


def test_code_tables() -> None:
    assert "".join(codes.code_table("repayment_status_1")) == "/*N1234567DZCG#"
    added = set(codes.code_table("repayment_status_2")) - set(
        codes.code_table("repayment_status_1")
    )
    assert added == {"A", "B", "M"}
    assert codes.account_status("1")["2"][0] == "逾期"
    assert codes.account_status("2")["2"][0] == "冻结"
    assert codes.ACCOUNT_STATUS["R3"] == codes.ACCOUNT_STATUS["R2"]
    assert list(codes.code_table("frequency")) == [
        "01", "02", "03", "04", "05", "06", "07", "08", "99",
    ]  # fmt: skip
    assert "".join(codes.code_table("id_type")) == "0123456789ABCX"
    assert {row.source for row in codes.rows("id_type")} == {"MEM"}
    assert len(codes.code_table("special_trade")) == 15
    with pytest.raises(ContractsError, match="no code table"):
        codes.code_table("colours")
    with pytest.raises(ContractsError, match="business"):
        codes.account_status("3")
