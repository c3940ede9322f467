"""The published record rules once more, in plain Python: written from their texts and not from their SQL.

An item that is missing breaks nothing here, as in the SQL. Missing numbers are NaN, which no comparison with
``<`` or ``>`` meets; hence "other than" is written as less or more.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

MONTHLY, SLOWLY, ONCE, IRREGULAR, OTHER = "03", ("04", "05", "06"), "07", "08", "99"
SPOUSE = ("spouse_name_masked", "spouse_id_hmac", "spouse_employer", "spouse_phone_masked")
BANDS = ("31_60", "61_90", "91_180", "over_180")
_CLASSES_FROM = date(2023, 7, 1)
_LETTERS = re.compile("[/*N1-7DZCG#ABM]{24}")


def published_faults(contract: str, record: Mapping[str, Any]) -> set[str]:
    """Ids of the published rules for one record that it breaks; none for a contract they do not speak of.

    Examples
    --------
    >>> sorted(published_faults("guarantor", {"name_masked": None, "id_kind": "0", "id_no_hmac": "a"}))
    ['BI-04']
    """
    if contract == "guarantor":
        found = any(record[name] is None for name in ("name_masked", "id_kind", "id_no_hmac"))
        return {"BI-04"} if found else set()
    if contract == "borrower":
        return _borrower(record)
    if contract == "card_repayment":
        return _status({"format_generation": 1, **record}) | _billed(record)
    if contract == "credit_month":
        found_here = _status(record) | _billed(record) | _arrears(record) | _derived(record)
        return found_here | (_loan(record) if record["business"] == "1" else set())
    return set()


def _number(record: Mapping[str, Any], *names: str) -> list[float]:
    return [float("nan") if record[name] is None else record[name] for name in names]


def _other(one: float, two: float) -> bool:
    return one < two or one > two


def _since(later: date | None, earlier: date | None) -> float:
    """Months from one day's month to another's; NaN where one is missing."""
    if later is None or earlier is None:
        return float("nan")
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _month_before(day: date) -> date:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _month_end(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _borrower(record: Mapping[str, Any]) -> set[str]:
    found, born = set(), record["birth_on"]
    own, spouse = record["resident_id_hmac"], record["spouse_id_hmac"]
    if born is not None and not date(1900, 1, 1) <= born < date.today():
        found.add("PUB-211")
    if own is not None and own == spouse:
        found.add("PUB-216")
    married = record["marital_status"] in {"20", "21", "22", "23"}
    if married and all(record[name] is None for name in SPOUSE):
        found.add("PUB-217")
    return found


def _status(record: Mapping[str, Any]) -> set[str]:
    """Rules for the letters of the status alone."""
    status = record["status_24"]
    found: set[str] = set()
    if status is None:
        return found
    if status[-1:] == "#":
        found.add("LR-03")
    if status == "/" * 24:
        found.add("LR-04")
    if not _LETTERS.fullmatch(status):
        found.add("DR-01")
    if record["format_generation"] is not None and record["format_generation"] != 2:
        found |= {"DR-01" for letter in status if letter in "ABM"}
    for before, after in pairwise(status):
        if after in "1234567":
            if before in "1234567" and int(after) - int(before) >= 3:
                found.add("LR-08")
            if before in "*N" and after != "1":
                found.add("LR-09")
        if after == "/" and before != "/":
            found.add("DR-02")
        if before in "CG":
            found.add("DR-03")
    return found


def _billed(record: Mapping[str, Any]) -> set[str]:
    today, found = date.today(), set()
    if record["bill_on"] is not None and record["bill_on"] > today:
        found.add("PUB-209")
    opened = record.get("opened_on")
    if opened is not None and not date(1990, 1, 1) <= opened <= today:
        found.add("PUB-210")
    return found


def _arrears(record: Mapping[str, Any]) -> set[str]:
    """LR-01, 02, 05 to 07b, 10 to 13: periods and amounts against status and state."""
    periods, amount, most, ever, balance = _number(
        record, "overdue_periods", "overdue_cents", "max_overdue_periods", "overdue_count",
        "balance_cents",
    )  # fmt: skip
    state, card = record["account_status"], record["business"] == "2"
    last = (record["status_24"] or "")[-1:]
    found = set()
    if (periods > 0 and amount <= 0) or (periods <= 0 and amount > 0):
        found.add("LR-01")
    bad = {"2", "5"} if card else {"2", "4"} if record["account_type"] != "C1" else set()
    if periods == 0 and state in bad:
        found.add("LR-02")
    if last:
        second = record["format_generation"] == 2 and last in "AM"
        unknown = record["format_generation"] is None and last in "AM"
        if periods == 0 and last not in "NC*" and not second and not unknown:
            found.add("LR-05")
        if periods > 0 and last in "N*C":
            found.add("LR-06")
        if 1 <= periods <= 7 and last != str(int(periods)):
            found.add("LR-07")
        if periods > 7 and last != "7":
            found.add("LR-07b")
    if most > ever:
        found.add("LR-10")
    if most < periods:
        found.add("LR-11")
    if balance == 0 and _other(amount, 0):
        found.add("LR-12")
    if balance > 0 and state == ("4" if card else "3"):
        found.add("LR-13")
    return found


def _derived(record: Mapping[str, Any]) -> set[str]:
    """DR-04 to DR-06."""
    found, status = set(), record["status_24"] or ""
    most, amount = _number(record, "max_overdue_periods", "overdue_cents")
    digits = [int(letter) for letter in status if letter in "1234567"]
    often = (record["frequency"] or MONTHLY) in {"01", "02", MONTHLY}
    # Below zero the item's own bound speaks, and the rule takes it for a 6.
    if digits and often and max(digits) > (6 if most < 0 else most):
        found.add("DR-04")
    owed = sum(record[f"overdue_{band}_cents"] or 0 for band in BANDS)
    if owed > max(record["balance_cents"] or 0, 0) or owed > amount:
        found.add("DR-05")
    five, last = record["five_class"], status[-1:]
    if five is not None and five != "9" and last and last in "1234567":
        days = int(last)
        if record["business"] == "2":
            floor = "2" if days <= 3 else "3" if days == 4 else "4" if days <= 6 else "5"
        elif record["bill_on"] is not None and record["bill_on"] < _CLASSES_FROM:
            floor = ""
        else:
            floor = "2" if days <= 3 else "3"
        if five < floor:
            found.add("DR-06")
    return found


def _loan(record: Mapping[str, Any]) -> set[str]:
    """LR-14 to LR-17 and PUB-201 to 208, 213 to 226: rules for loans alone."""
    bill, due, opened = record["bill_on"], record["due_on"], record["opened_on"]
    paid_on, state, often = (record[n] for n in ("last_payment_on", "account_status", "frequency"))
    total, left, status = (record[n] for n in ("months_total", "months_left", "status_24"))
    scheduled, paid, balance, periods, amount, ever, most = _number(
        record, "scheduled_cents", "paid_cents", "balance_cents", "overdue_periods",
        "overdue_cents", "overdue_count", "max_overdue_periods",
    )  # fmt: skip
    last = (status or "")[-1:]
    age, past = _since(bill, opened), _since(bill, due)
    rare = often in {*SLOWLY, ONCE, IRREGULAR, OTHER}
    lately = paid_on is not None and bill is not None and paid_on > _month_before(bill)
    long_ago = paid_on is not None and bill is not None and not lately
    overdue, unsettled = state == "2", state is not None and state != "3"
    mid_month = bill is not None and not _month_end(bill)
    number = int(total) if total is not None and re.fullmatch("[0-9]+", total) else None
    span = _since(due, opened)
    broken = {
        "LR-14": often is not None and often not in {ONCE, IRREGULAR, OTHER} and total is not None
        and not math.isnan(span) and number != span,
        "LR-15": often == ONCE and total not in {None, "O"},
        "LR-16": often == IRREGULAR and total not in {None, "U"},
        "LR-17": often == OTHER and total not in {None, "X"},
        "PUB-201": often == MONTHLY and paid == 0 and _other(age, 0) and lately and paid_on <= bill,
        "PUB-202": rare and _other(age, 0) and unsettled and mid_month,
        "PUB-203": last == "*" and (_other(scheduled, 0) or _other(paid, 0)),
        "PUB-204": overdue and status is not None and status[22:23] in {"N", "*"}
        and abs(scheduled - paid - amount) >= 200,
        "PUB-205": often == MONTHLY and scheduled <= 0 and _other(age, 0),
        "PUB-206": overdue and past > 0 and mid_month,
        "PUB-207": unsettled and amount < balance and past > 0,
        "PUB-208": often in {MONTHLY, *SLOWLY} and number is not None
        and (periods > number or ever > number),
        "PUB-213": overdue and bill is not None and due is not None and bill > due
        and (scheduled <= 0 or paid >= scheduled),
        "PUB-214": last == "N" and long_ago,
        "PUB-215": left is not None and left.isdigit() and int(left) <= 0 and past < 0,
        "PUB-218": state == "1" and paid_on is not None and paid_on == opened
        and last not in {"", "*"},
        "PUB-219": last == "N" and scheduled > paid,
        "PUB-220": balance == 0 and amount == 0 and last not in {"", "C"},
        "PUB-222": often == ONCE and _other(paid, scheduled) and state == "3",
        "PUB-223": often == IRREGULAR and not {total, left} <= {None, "U"},
        "PUB-224": often == ONCE and (not {total, left} <= {None, "O"} or most > 1 or periods > 1),
        "PUB-225": periods == 0 and ((bool(last) and last in "1234567") or state in {"2", "4"}),
        "PUB-226": periods == 0 and amount == 0 and _other(balance, 0)
        and bill is not None and due is not None and bill >= due,
    }  # fmt: skip
    return {rule for rule, found in broken.items() if found}
