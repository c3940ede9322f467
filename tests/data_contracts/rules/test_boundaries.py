"""The boundaries of the stated rules, one by one."""

from __future__ import annotations

import pytest

from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_account import CardRepayment
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor
from data_contracts.rules import cross_checks, record_checks
from tests.data_contracts.rules.support import cross_hits, record_hits

LIFE = "NNN1NN12NNN*NN123NNNN1NN" + "NN*N1N12NNNNNN123NNNN1NN" * 2
ACCOUNT = {"institution_code": "C1099944000011", "business": "1", "account_no": "A1"}


def of(name: str, **record: object) -> set[str]:
    """Hits of one family on a record of credit_month."""
    return {hit for hit in record_hits(CreditMonth, record)[0] if hit.startswith(name)}


def status(text: str) -> str:
    return text.rjust(24, "/")


@pytest.mark.parametrize(
    ("periods", "last", "expected"),
    [
        (7, "7", set()),
        (7, "6", {"LR-07"}),
        (8, "7", set()),
        (8, "6", {"LR-07b"}),
        (1, "1", set()),
        (1, "2", {"LR-07"}),
        (0, "N", set()),
    ],
)
def test_periods_and_the_last_digit(periods: int, last: str, expected: set[str]) -> None:
    assert of("LR-07", overdue_periods=periods, status_24=status(last)) == expected


@pytest.mark.parametrize(
    ("pair", "hit"),
    [("12", False), ("13", False), ("14", True), ("51", False), ("47", True), ("46", False), ("7C", False)],
)  # fmt: skip
def test_steps_between_overdue_months(pair: str, hit: bool) -> None:
    assert of("LR-08", status_24=status(pair)) == ({"LR-08"} if hit else set())


@pytest.mark.parametrize(
    ("pair", "hit"),
    [("N1", False), ("N2", True), ("*1", False), ("*7", True), ("#3", False), ("/3", False)],
)
def test_steps_after_a_month_without_arrears(pair: str, hit: bool) -> None:
    assert of("LR-09", status_24=status(pair)) == ({"LR-09"} if hit else set())


@pytest.mark.parametrize(
    ("opened", "due", "total", "hit"),
    [
        ("2023-12-31", "2024-01-01", "1", False),
        ("2023-12-31", "2024-01-01", "001", False),
        ("2023-12-31", "2024-01-01", "0", True),
        ("2023-12-31", "2024-01-01", "12", True),
        ("2022-01-31", "2024-01-01", "24", False),
        ("2024-01-01", "2024-01-31", "0", False),
        ("2024-01-01", "2024-01-31", "O", True),
        ("2024-01-01", None, "5", False),
        ("2024-01-01", "2024-01-31", None, False),
    ],
)
def test_months_over_the_turn_of_the_year(
    opened: str, due: str | None, total: str | None, hit: bool
) -> None:
    record = {"business": "1", "frequency": "03", "opened_on": opened, "due_on": due}
    assert of("LR-14", **record, months_total=total) == ({"LR-14"} if hit else set())


@pytest.mark.parametrize(("total", "hit"), [("O", False), ("0", True), ("U", True), ("012", True)])
def test_letter_o_and_digit_0(total: str, hit: bool) -> None:
    assert of("LR-15", business="1", frequency="07", months_total=total) == (
        {"LR-15"} if hit else set()
    )
    assert of("LR-15", business="2", frequency="07", months_total=total) == set()


def test_a_collection_account_that_ended_is_not_overdue() -> None:
    record = {"business": "1", "account_status": "2", "overdue_periods": 0}
    assert of("LR-02", **record) == {"LR-02"}
    assert of("LR-02", **record, account_type="C1") == set()


def test_classes_of_loans_have_floors_only_since_july_2023() -> None:
    record = {"business": "1", "five_class": "2", "status_24": status("4")}
    assert of("DR-06", **record, bill_on="2023-06-30") == set()
    assert of("DR-06", **record, bill_on="2023-07-01") == {"DR-06"}


@pytest.mark.parametrize(
    ("bill", "paid", "hit"),
    [
        ("2023-03-31", "2023-02-28", True),  # a month before is 28 February
        ("2023-03-31", "2023-03-01", False),
        ("2024-03-31", "2024-02-29", True),
    ],
)
def test_a_month_before_the_bill(bill: str, paid: str, hit: bool) -> None:
    record = {"business": "1", "status_24": status("N"), "bill_on": bill, "last_payment_on": paid}
    assert of("PUB-214", **record) == ({"PUB-214"} if hit else set())


def month(
    place: int, *, shown: str | None = None, day: int = 20, **more: object
) -> dict[str, object]:
    """The record of a month of one life, unless another status is shown."""
    return {
        **ACCOUNT,
        "bill_on": f"{2021 + place // 12}-{place % 12 + 1:02d}-{day}",
        "status_24": shown or LIFE[place : place + 24],
        **more,
    }


@pytest.mark.parametrize("gap", [1, 2, 3, 23, 24, 30])
def test_continuity_over_a_gap(gap: int) -> None:
    assert cross_hits(CreditMonth, [month(gap)], [month(0)]) == []
    # The first of the months that both records speak of is shown otherwise.
    wrong = "#" + LIFE[gap + 1 : gap + 24]
    expected = [] if gap >= 24 else [("XM-01", 1)]
    assert cross_hits(CreditMonth, [month(gap, shown=wrong)], [month(0)]) == expected
    # What stands for the skipped months is free (XM-04).
    if 2 <= gap <= 23:
        free = LIFE[gap:24] + "#" * (gap - 1) + "N"
        assert cross_hits(CreditMonth, [month(gap, shown=free)], [month(0)]) == []


def test_a_year_of_a_gap_is_twelve_months() -> None:
    assert cross_hits(CreditMonth, [month(12)], [month(0)]) == []
    assert cross_hits(CreditMonth, [month(13, shown=LIFE[12:36])], [month(0)]) == [("XM-01", 1)]


def test_the_latest_earlier_month_counts_and_the_batch_before_the_lake() -> None:
    spoilt = month(3, shown="#" * 24)
    assert cross_hits(CreditMonth, [month(5)], [month(0), spoilt]) == [("XM-01", 1)]
    assert cross_hits(CreditMonth, [month(5)], [month(4), spoilt]) == []
    # A correction of month 3 in the same batch replaces what the lake holds.
    assert cross_hits(CreditMonth, [month(5), month(3)], [spoilt]) == []


@pytest.mark.parametrize("gap", [1, 2, 23, 24])
def test_a_month_that_comes_late_is_carried_on_by_the_one_in_the_lake(gap: int) -> None:
    late, wrong = month(3), month(3 + gap, shown="#" * 24)
    assert cross_hits(CreditMonth, [late], [month(3 + gap)]) == []
    expected = [] if gap >= 24 else [("XM-01", 1)]
    assert cross_hits(CreditMonth, [late], [wrong]) == expected
    # Wrong on both sides is one hit.
    assert cross_hits(CreditMonth, [late], [month(2, shown="#" * 24), wrong]) == [("XM-01", 1)]


def test_the_next_month_is_the_nearest_one_and_the_batch_judges_its_own() -> None:
    spoilt = month(7, shown="#" * 24)
    # Month 5 stands between and carries on; that month 7 does not carry on it was told before.
    assert cross_hits(CreditMonth, [month(3)], [month(5), spoilt]) == []
    assert cross_hits(CreditMonth, [month(3), month(5)], [spoilt]) == [("XM-01", 2)]
    # The batch brings the later month as well: that one is hit, and not the one before.
    assert cross_hits(CreditMonth, [month(3), spoilt], [month(7)]) == [("XM-01", 2)]
    # Another account's later month says nothing.
    assert cross_hits(CreditMonth, [month(3)], [spoilt | {"account_no": "A2"}]) == []


def test_accounts_are_told_apart_by_their_whole_key() -> None:
    for name, other in (
        ("institution_code", "D1099931000044"),
        ("business", "2"),
        ("account_no", "A2"),
    ):
        strange = {**month(0, shown="#" * 24), name: other}
        assert cross_hits(CreditMonth, [month(1)], [strange]) == []


def test_two_bills_in_a_month() -> None:
    assert cross_hits(CreditMonth, [month(1, day=21)], [month(1, day=20)]) == [("XM-03", 1)]
    assert cross_hits(CreditMonth, [month(1, day=20)], [month(1, day=20)]) == []
    assert cross_hits(CreditMonth, [month(1, day=20), month(1, day=21)]) == [
        ("XM-03", 1),
        ("XM-03", 2),
    ]


def test_nothing_follows_a_settlement() -> None:
    settled = month(0, account_status="3")
    later = month(1, account_status="3")
    assert cross_hits(CreditMonth, [later], [settled]) == [("GL-04", 1)]
    assert cross_hits(CreditMonth, [settled], [settled]) == []
    card = {"business": "2"}
    assert cross_hits(CreditMonth, [later | card], [settled | card]) == []  # 3: payment stopped
    closed = month(0, account_status="4") | card
    assert cross_hits(CreditMonth, [later | card], [closed]) == [("GL-04", 1)]


def test_card_months_are_judged_by_the_rules_of_the_status() -> None:
    ids = {check.rule_id for check in record_checks(CardRepayment)}
    assert {"LR-03", "LR-04", "LR-08", "LR-09", "DR-01", "DR-02", "DR-03"} <= ids
    assert ids.isdisjoint({"LR-01", "LR-05", "LR-14", "PUB-214"})
    good = {"account_no": "1", "bill_on": "2005-09-30", "status_24": status("N1")}
    jump = good | {"status_24": status("N2")}
    assert record_hits(CardRepayment, good, jump) == [set(), {"LR-09"}]
    later = good | {"bill_on": "2005-10-30", "status_24": status("N2N")}
    assert cross_hits(CardRepayment, [later], [good]) == [("XM-01", 1)]
    assert {check.rule_id for check in cross_checks(CardRepayment)} == {"XM-01", "XM-03", "DR-03"}


FIRST = {**ACCOUNT, "reported_on": "2023-01-20", "mobile_masked": "138****0000", "occupation": "1",
         "residence_address": "某路 1 号"}  # fmt: skip


def test_a_first_report_carries_three_segments_and_a_later_one_a_change() -> None:
    assert cross_hits(Borrower, [FIRST]) == []
    assert cross_hits(Borrower, [FIRST | {"residence_address": None}]) == [("GL-03", 1)]
    later = FIRST | {"reported_on": "2023-02-20"}
    assert cross_hits(Borrower, [later], [FIRST]) == [("GL-03", 1)]
    moved = later | {"residence_address": "某路 2 号"}
    assert cross_hits(Borrower, [moved], [FIRST]) == []
    assert cross_hits(Borrower, [later | {"account_no": "A2"}], [FIRST]) == []


def test_guarantors_are_repeated_only_when_their_set_changed() -> None:
    one = {**ACCOUNT, "reported_on": "2023-01-20", "guarantor_no": 1, "id_no_hmac": "a" * 32}
    two = one | {"guarantor_no": 2, "id_no_hmac": "b" * 32}
    later = [record | {"reported_on": "2023-02-20"} for record in (one, two)]
    assert cross_hits(Guarantor, later, [one, two]) == [("GL-05", 1), ("GL-05", 2)]
    assert cross_hits(Guarantor, later[:1], [one, two]) == []
    assert cross_hits(Guarantor, later, [one]) == []
