"""Each deviation gives exactly its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data_contracts.acceptance.judge import judge, parse_causes, parse_confirmations
from data_contracts.acceptance.measure import measure
from data_contracts.acceptance.settings import Thresholds
from data_contracts.acceptance.tables import OwnTable
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from tests.data_contracts.acceptance.judged import (
    FEBRUARY,
    JANUARY,
    LATE_CARD,
    MARCH,
    ONCE_LATE,
    judged,
    one,
    told,
)
from tests.data_contracts.acceptance.lakes import (
    INSTITUTION,
    ON,
    Record,
    accounts,
    batch,
    fill,
    first_borrowers,
    first_guarantors,
    firsts,
    guarantor,
    month_of,
    own_counts,
)


@pytest.fixture
def records() -> list[Record]:
    return accounts()


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A complete lake that nobody writes to."""
    return fill(tmp_path_factory.mktemp("clean"))


def test_a_clean_lake_with_an_equal_table_is_accepted(
    tmp_path: Path, records: list[Record], clean: Lake
) -> None:
    found = judged(tmp_path, clean, own_counts(records))
    assert (found.result, found.findings) == ("ACCEPTED", ())


def test_a_missing_month(tmp_path: Path, records: list[Record]) -> None:
    kept = [r for r in records if month_of(r["bill_on"]) != FEBRUARY]
    found = judged(tmp_path, fill(tmp_path, kept), own_counts(kept))
    assert (found.result, told(found)) == ("NOT_ACCEPTED", [("XM-02", "blocks")])
    assert "2024-02" in found.reasons[0].text.en


def test_two_months_are_too_few(tmp_path: Path, records: list[Record], clean: Lake) -> None:
    found = judged(tmp_path, clean, own_counts(records), months="2024-02..2024-03")
    assert told(found) == [("XM-02", "blocks")]


def scaled(records: list[Record], moved: int) -> dict[str, Counter[str]]:
    """An own table of 21,000 accounts in March, of which some moved from state 1 to state 2."""
    own = own_counts(records)
    states = Counter({state: count * 1000 for state, count in own["account_status"].items()})
    states["1"] -= moved
    states["2"] += moved
    return own | {"account_status": states}


def test_a_fifth_of_a_point_needs_a_cause_and_a_tenth_does_not(
    tmp_path: Path, records: list[Record], clean: Lake
) -> None:
    assert sum(month_of(r["bill_on"]) == MARCH for r in records) == 21
    assert judged(tmp_path, clean, scaled(records, 21)).result == "ACCEPTED"  # 0.1 points
    own = scaled(records, 42)  # 0.2 points
    pending = judged(tmp_path, clean, own)
    assert (pending.result, told(pending)) == ("PENDING", [("DI-06:account_status", "pending")])
    assert "0.20" in pending.reasons[0].text.en
    business = judged(tmp_path, clean, own, causes={"DI-06": "BUSINESS"})
    assert (business.result, business.reasons) == ("ACCEPTED", ())
    assert [f.cause for f in business.findings] == ["BUSINESS"]
    for cause in ("EXTRACT", "PROGRAM"):
        faulty = judged(tmp_path, clean, own, causes={"DI-06:account_status": cause})
        assert (faulty.result, told(faulty)) == (
            "NOT_ACCEPTED",
            [("DI-06:account_status", "blocks")],
        )


def test_a_shift_beyond_the_index_is_excused_by_nothing(
    tmp_path: Path, records: list[Record], clean: Lake
) -> None:
    own = own_counts(records)
    first = min(own["limit_yuan"], key=int)
    own["limit_yuan"][first] += 60
    found = judged(tmp_path, clean, own, causes={"DI-02": "BUSINESS"})
    assert (found.result, told(found)) == ("NOT_ACCEPTED", [("DI-02:limit_yuan", "blocks")])
    assert "PSI" in found.reasons[0].text.en


def test_without_an_own_table_or_with_fields_missing_it_is_pending(
    tmp_path: Path, records: list[Record], clean: Lake
) -> None:
    assert told(judged(tmp_path, clean, None)) == [("DI-04:own-table", "pending")]
    own = own_counts(records)
    del own["overdue_count"]
    found = judged(tmp_path, clean, own)
    assert (found.result, told(found)) == ("PENDING", [("DI-04:own-table", "pending")])
    assert "overdue_count" in found.reasons[0].text.en


def test_a_late_month(tmp_path: Path, records: list[Record]) -> None:
    # February ends on the 29th; 31 days later is the 31st of March.
    own = own_counts(records)
    in_time = fill(tmp_path / "a", records, late={FEBRUARY: date(2024, 3, 31)})
    assert judged(tmp_path, in_time, own).result == "ACCEPTED"
    late = fill(tmp_path / "b", records, late={FEBRUARY: date(2024, 4, 1)})
    assert told(judged(tmp_path, late, own)) == [("GL-08:2024-02", "blocks")]


def test_a_correction_is_not_late(tmp_path: Path, records: list[Record]) -> None:
    lake = fill(tmp_path, records)
    changed = [
        dict(r, paid_cents=r["paid_cents"]) for r in records if month_of(r["bill_on"]) == JANUARY
    ]
    changed[0]["area_code"] = "442001"
    batch(lake, "credit_month", changed, JANUARY, on=date(2024, 4, 15))
    assert judged(tmp_path, lake, own_counts(records)).result == "ACCEPTED"


def test_rows_in_quarantine_lower_what_loaded(tmp_path: Path, records: list[Record]) -> None:
    lake = fill(tmp_path, records)
    some = [r for r in records if month_of(r["bill_on"]) == FEBRUARY][:1]
    some[0] = dict(some[0], area_code="442001")
    batch(
        lake, "credit_month", some, FEBRUARY, serial="2",
        broken=[(7, "credit_month.balance_cents.min"), (7, "credit_month.currency.pattern")],
    )  # fmt: skip
    figures = measure(lake, INSTITUTION, own=None, on=ON)
    february = figures.by_month[1]
    assert (february.accounts, february.quarantined) == (22, 1)  # one line, two rules
    assert february.loaded == pytest.approx(22 / 23)
    assert told(judged(tmp_path, lake, own_counts(records))) == [("GL-08:2024-02-loaded", "blocks")]
    lenient = Thresholds(least_loaded=0.95)
    assert judged(tmp_path, lake, own_counts(records), thresholds=lenient).result == "ACCEPTED"


def test_an_account_that_is_missing(tmp_path: Path, records: list[Record]) -> None:
    records.remove(one(records, ONCE_LATE, MARCH))
    found = judged(tmp_path, fill(tmp_path, records), own_counts(records))
    assert (found.result, told(found)) == ("PENDING", [("GL-01:2024-03", "pending")])


def test_first_reports_without_borrower_or_guarantor(tmp_path: Path, records: list[Record]) -> None:
    lake = fill(tmp_path, records, first_borrowers(records)[2:], first_guarantors(records)[1:])
    found = judged(tmp_path, lake, own_counts(records))
    assert told(found) == [("GL-03:first", "pending"), ("GL-05:first", "pending")]
    assert found.reasons[0].text.en.startswith("2 accounts")
    assert found.reasons[1].text.en.startswith("1 accounts")


def test_enterprises_have_no_borrower_segments(tmp_path: Path, records: list[Record]) -> None:
    account = records[0]["account_no"]
    for record in records:
        if record["account_no"] == account:
            record["subject_id"] = "USCC-91440300MA5EXAMPLE"[:23]
    without = [b for b in first_borrowers(records) if b["account_no"] != account]
    assert (
        judged(tmp_path, fill(tmp_path, records, without), own_counts(records)).result == "ACCEPTED"
    )


def test_a_computed_item_that_is_derived_otherwise(tmp_path: Path, records: list[Record]) -> None:
    one(records, ONCE_LATE, MARCH)["overdue_count"] = 3
    found = judged(tmp_path, fill(tmp_path, records), own_counts(records))
    assert (found.result, told(found)) == ("PENDING", [("GL-06:overdue_count", "pending")])


def test_an_account_after_its_settlement(tmp_path: Path, records: list[Record]) -> None:
    settled = next(
        r for r in records if month_of(r["bill_on"]) == FEBRUARY and r["account_status"] == "3"
    )
    again = dict(settled, bill_on=date(2024, 3, 20), status_24=settled["status_24"][1:] + "C")
    records.append(again)
    found = judged(tmp_path, fill(tmp_path, records), own_counts(records))
    assert ("GL-04:credit_month", "blocks") in told(found)
    assert found.result == "NOT_ACCEPTED"


def test_fill_rates_by_hand_against_the_collection_rates(tmp_path: Path) -> None:
    records = accounts(1200, 3, 7)
    new = [r for r in firsts(records) if month_of(r["opened_on"]) == JANUARY]
    assert len(new) == 14
    told_of = first_borrowers(records)
    numbers = {r["account_no"] for r in new[:2]}
    for row in told_of:
        if row["account_no"] in numbers:
            row["employer"] = "暂缺"
    lake = fill(tmp_path, records, told_of)
    figures = measure(
        lake, INSTITUTION, own=OwnTable({}, {}), collected={"employer": 12 / 14 + 0.0009, "sex": 0.99},
        on=ON,
    )  # fmt: skip
    rates = {f.item: f for f in figures.fills}
    assert (rates["employer"].total.filled, rates["employer"].total.accounts) == (12, 14)
    assert rates["employer"].total.shown == "85.7%"
    assert [m.shown for m in rates["employer"].months] == ["85.7%", "n/a", "n/a"]  # BI-05
    assert rates["sex"].total.rate == 1.0
    keys = [f.key for f in judge(figures).findings if f.rule_id == "BI-03"]
    assert keys == ["BI-03:sex"]  # 0.09 points are within the threshold, one is not


def test_every_reason_is_told(tmp_path: Path, records: list[Record]) -> None:
    one(records, LATE_CARD, MARCH)["five_class"] = "2"
    rows = [*first_guarantors(records), guarantor(records[0], guarantor_no=9, id_kind=None)]
    lake = fill(tmp_path, records, guarantors=rows, late={JANUARY: date(2024, 4, 1)})
    found = judged(tmp_path, lake, scaled(records, 42))
    assert told(found) == [
        ("GL-08:2024-01", "blocks"),
        ("DR-06:credit_month", "blocks"),
        ("BI-04", "blocks"),
        ("DI-06:account_status", "pending"),
    ]


def test_causes_that_nothing_asked_for_are_told(
    tmp_path: Path, records: list[Record], clean: Lake
) -> None:
    own = own_counts(records)
    found = judged(tmp_path, clean, own, causes={"DI-05": "BUSINESS"})
    assert (found.result, found.unused) == ("ACCEPTED", ("DI-05",))


@pytest.mark.parametrize("text", ["DI-06", "DI-06=LUCK", "ZZ-01=BUSINESS", "=BUSINESS"])
def test_causes_that_are_none(text: str) -> None:
    with pytest.raises(ContractsError, match="no cause"):
        parse_causes([text])


def test_two_causes_of_one_deviation_are_refused() -> None:
    with pytest.raises(ContractsError, match="two causes"):
        parse_causes(["DI-06=BUSINESS", "DI-06=EXTRACT"])


@pytest.mark.parametrize(
    "text", ["GL-01=王@2024-04-01", "GL-02=王@2024-04-31", "GL-02=@2024-04-01"]
)
def test_confirmations_that_are_none(text: str) -> None:
    with pytest.raises(ContractsError, match="confirms no procedure"):
        parse_confirmations([text])


@pytest.mark.parametrize(
    ("institution", "months", "expected"),
    [
        ("C1099944000099", None, INSTITUTION),
        ("12345", None, "14 characters"),
        (INSTITUTION, "2030-01..2030-03", "2024-01 to 2024-03"),
        (INSTITUTION, "2024-03..2024-01", "2024-01..2024-03"),
        (INSTITUTION, "January", "2024-01..2024-03"),
        (INSTITUTION, "1990-01..2024-03", "120 at most"),
    ],
)
def test_what_the_lake_does_not_hold(
    clean: Lake, institution: str, months: str | None, expected: str
) -> None:
    with pytest.raises(ContractsError) as caught:
        measure(clean, institution, months=months, on=ON)
    assert expected in str(caught.value)


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ContractsError, match="intake"):
        measure(Lake(tmp_path / "lake"), INSTITUTION, on=ON)
