"""Ways to spoil the records of the credit message, at least one for each published rule.

Each names the rule that it is made for; the others that it breaks by nature are found by reading the record.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

from data_contracts.city.published import SPOUSE
from data_contracts.city.way import Row, Spoil

Test: TypeAlias = Callable[[Row], Any]
_DIGITS = "1234567"
_SOON = date(2099, 12, 31)


def message_spoils(name: str, items: frozenset[str]) -> tuple[Spoil, ...]:
    """Ways to break the published rules for records of a contract.

    Parameters
    ----------
    name
        The contract's name.
    items
        Its items.
    """
    if name in _OWN:
        return _OWN[name]
    if "status_24" not in items:
        return ()
    return (*_STATUS, *_AMOUNTS) if "overdue_periods" in items else _STATUS


def _when(condition: Test, change: Callable[[Row], Row]) -> Callable[[Row], Row | None]:
    def changed(row: Row) -> Row | None:
        return change(row) if condition(row) else None

    return changed


def _last(row: Row, letter: str) -> Row:
    return _placed(row, 23, letter)


def _placed(row: Row, place: int, letter: str) -> Row:
    status = row["status_24"]
    return {"status_24": status[:place] + letter + status[place + 1 :]}


def _months(later: date | None, earlier: date | None) -> int:
    """Months between; 0 where a day is missing, which suits no condition."""
    if later is None or earlier is None:
        return 0
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _age(row: Row) -> int:
    return _months(row["bill_on"], row["opened_on"])


def _past(row: Row) -> int:
    return _months(row["bill_on"], row["due_on"])


def _month_end(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _next_month(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def _a_day_off(day: date) -> date:
    """Another day of the same month."""
    return day + timedelta(1 if day.day == 1 else -1)


def _loan(row: Row, *frequencies: str) -> bool:
    return row["business"] == "1" and (not frequencies or row["frequency"] in frequencies)


def _overdue(row: Row) -> bool:
    return bool(row["overdue_periods"] > 0 and row["overdue_cents"] > 0)


def _unpaid(row: Row) -> bool:
    """A loan that matured unpaid, overdue or written off; the few of the first kind would not suffice."""
    return _loan(row) and row["account_status"] in ("2", "4") and _past(row) > 0


def _steep(row: Row) -> Row | None:
    """Lower the month before a late one, so that the digits rise by three."""
    status = row["status_24"]
    for place in range(23, 0, -1):
        if status[place] in "4567" and status[place - 1] in _DIGITS:
            return _placed(row, place - 1, str(int(status[place]) - 3))
    return None


def _highest(row: Row) -> int:
    return max((int(letter) for letter in row["status_24"] if letter in _DIGITS), default=0)


_STATUS: tuple[Spoil, ...] = (
    Spoil("last month unknown", "status_24", ("LR-03",),
          _when(lambda r: r["status_24"][-1] in "N*", lambda r: _last(r, "#"))),
    Spoil("history of an account that was not open", "status_24", ("LR-04",),
          _when(lambda r: True, lambda r: {"status_24": "/" * 24})),
    Spoil("arrears that rise by three", "status_24", ("LR-08",), _steep),
    Spoil("arrears that jump", "status_24", ("LR-09",),
          _when(lambda r: r["status_24"][-4:] == "NNNN", lambda r: _placed(r, 21, "4"))),
    Spoil("letter outside the table", "status_24", ("DR-01",),
          _when(lambda r: r["status_24"][0] == "/", lambda r: _placed(r, 0, "Q"))),
    Spoil("not opened in between", "status_24", ("DR-02",),
          _when(lambda r: r["status_24"][19] != "/", lambda r: _placed(r, 20, "/"))),
    Spoil("settled in between", "status_24", ("DR-03",),
          _when(lambda r: r["status_24"][20] in "N*", lambda r: _placed(r, 20, "C"))),
    Spoil("history other than the month before told", "status_24", ("XM-01",),
          _when(lambda r: r["status_24"][15:19] == "NNNN" and ("opened_on" not in r or _age(r) > 0),
                lambda r: _placed(r, 16, "*"))),
    Spoil("billed in the future", "bill_on", ("PUB-209",),
          _when(lambda r: True, lambda r: {"bill_on": _SOON})),
    Spoil("billed twice in a month", "bill_on", ("XM-03",),
          _when(lambda r: True, lambda r: {"bill_on": _a_day_off(r["bill_on"])}),
          extra=True, both=True),
)  # fmt: skip

_AMOUNTS: tuple[Spoil, ...] = (
    Spoil("periods without an amount overdue", "overdue_cents", ("LR-01",),
          _when(_overdue, lambda r: {"overdue_cents": 0})),
    Spoil("overdue state without periods", "account_status", ("LR-02",),
          _when(lambda r: _loan(r) and r["overdue_periods"] == 0, lambda r: {"account_status": "2"})),
    Spoil("arrears in a month without periods overdue", "status_24", ("LR-05",),
          _when(lambda r: r["overdue_periods"] == 0, lambda r: _last(r, "1"))),
    Spoil("paid in a month with periods overdue", "status_24", ("LR-06",),
          _when(lambda r: r["overdue_periods"] > 0, lambda r: _last(r, "N"))),
    Spoil("status other than the periods overdue", "status_24", ("LR-07",),
          _when(lambda r: 1 <= r["overdue_periods"] <= 6, lambda r: _last(r, str(r["overdue_periods"] + 1)))),
    Spoil("status too mild for many periods overdue", "status_24", ("LR-07b",),
          _when(lambda r: r["overdue_periods"] > 7, lambda r: _last(r, "6"))),
    Spoil("most periods above all periods", "max_overdue_periods", ("LR-10",),
          _when(lambda r: r["overdue_count"] < 90, lambda r: {"max_overdue_periods": r["overdue_count"] + 2})),
    Spoil("most periods below the present ones", "max_overdue_periods", ("LR-11",),
          _when(lambda r: r["overdue_periods"] > 0, lambda r: {"max_overdue_periods": r["overdue_periods"] - 1})),
    Spoil("overdue without a balance", "balance_cents", ("LR-12",),
          _when(lambda r: _overdue(r) and r["balance_cents"] > 0, lambda r: {"balance_cents": 0})),
    Spoil("settled with a balance", "balance_cents", ("LR-13",),
          _when(lambda r: _loan(r) and r["account_status"] == "3", lambda r: {"balance_cents": 100_000})),
    Spoil("repayment months other than the term", "months_total", ("LR-14",),
          _when(lambda r: _loan(r, "03") and str(r["months_total"]).isdigit(), lambda r: {"months_total": "099"})),
    Spoil("zero for the letter O", "months_total", ("LR-15",),
          _when(lambda r: _loan(r, "07"), lambda r: {"months_total": "0"})),
    Spoil("a number of months for an irregular loan", "months_total", ("LR-16",),
          _when(lambda r: _loan(r, "08"), lambda r: {"months_total": "012"})),
    Spoil("another frequency with the letter U", "frequency", ("LR-17",),
          _when(lambda r: _loan(r, "08"), lambda r: {"frequency": "99"})),
    Spoil("most periods below the worst month", "max_overdue_periods", ("DR-04",),
          _when(lambda r: 2 <= _highest(r) <= r["max_overdue_periods"] and r["frequency"] == "03",
                lambda r: {"max_overdue_periods": _highest(r) - 1})),
    Spoil("more overdue by age than in all", "overdue_31_60_cents", ("DR-05",),
          _when(lambda r: _loan(r) and r["overdue_31_60_cents"] is not None,
                lambda r: {"overdue_31_60_cents": abs(r["balance_cents"]) + r["overdue_cents"] + 100})),
    Spoil("class too good for the arrears", "five_class", ("DR-06",),
          _when(lambda r: r["status_24"][-1] in _DIGITS and r["business"] == "2", lambda r: {"five_class": "1"})),
    Spoil("nothing paid by who paid lately", "paid_cents", ("PUB-201",),
          _when(lambda r: _loan(r, "03") and _age(r) > 0 and (r["paid_cents"] or 0) > 0
                and 0 <= (r["bill_on"] - r["last_payment_on"]).days < 28, lambda r: {"paid_cents": 0})),
    Spoil("billed before the end of the month", "bill_on", ("PUB-202",),
          _when(lambda r: _loan(r, "07", "08") and _age(r) > 0 and r["account_status"] != "3"
                and _month_end(r["bill_on"]), lambda r: {"bill_on": _a_day_off(r["bill_on"])})),
    Spoil("paid in a quiet month", "paid_cents", ("PUB-203",),
          _when(lambda r: _loan(r) and r["status_24"][-1] == "*", lambda r: {"paid_cents": 100_00})),
    Spoil("overdue other than unpaid", "overdue_cents", ("PUB-204",),
          _when(lambda r: _loan(r) and r["account_status"] == "2" and r["status_24"][22] in "N*",
                lambda r: {"overdue_cents": r["overdue_cents"] + 10_00})),
    Spoil("nothing scheduled in a month", "scheduled_cents", ("PUB-205",),
          _when(lambda r: _loan(r, "03") and _age(r) > 0 and (r["scheduled_cents"] or 0) > 0,
                lambda r: {"scheduled_cents": 0})),
    Spoil("overdue after maturity, billed early", "bill_on", ("PUB-206",),
          _when(lambda r: _unpaid(r) and _month_end(r["bill_on"]),
                lambda r: {"bill_on": _a_day_off(r["bill_on"]), "account_status": "2"})),
    Spoil("less overdue than owed after maturity", "overdue_cents", ("PUB-207",),
          _when(lambda r: _loan(r) and r["account_status"] != "3" and _past(r) > 0 and r["balance_cents"] > 100,
                lambda r: {"overdue_cents": r["balance_cents"] - 1})),
    Spoil("overdue more often than there are months", "overdue_count", ("PUB-208",),
          _when(lambda r: _loan(r, "03") and str(r["months_total"]).isdigit(),
                lambda r: {"overdue_count": int(r["months_total"]) + 5})),
    Spoil("opened before there were such accounts", "opened_on", ("PUB-210",),
          _when(lambda r: True, lambda r: {"opened_on": date(1989, 12, 31)})),
    Spoil("overdue after maturity and paid up", "paid_cents", ("PUB-213",),
          _when(lambda r: _unpaid(r) and (r["scheduled_cents"] or 0) > 0,
                lambda r: {"paid_cents": r["scheduled_cents"], "account_status": "2"})),
    Spoil("paid as agreed, last paid long ago", "last_payment_on", ("PUB-214",),
          _when(lambda r: _loan(r) and r["status_24"][-1] == "N",
                lambda r: {"last_payment_on": r["bill_on"] - timedelta(92)})),
    Spoil("no months left before maturity", "months_left", ("PUB-215",),
          _when(lambda r: _loan(r, "03") and _past(r) < 0, lambda r: {"months_left": "000"})),
    Spoil("last paid on the opening day", "last_payment_on", ("PUB-218",),
          _when(lambda r: _loan(r) and r["account_status"] == "1" and r["status_24"][-1] == "N"
                and r["last_payment_on"] != r["opened_on"], lambda r: {"last_payment_on": r["opened_on"]})),
    Spoil("paid as agreed, less than scheduled", "paid_cents", ("PUB-219",),
          _when(lambda r: _loan(r) and r["status_24"][-1] == "N" and (r["scheduled_cents"] or 0) > 100,
                lambda r: {"paid_cents": r["scheduled_cents"] - 1})),
    Spoil("no balance and yet open", "balance_cents", ("PUB-220",),
          _when(lambda r: _loan(r) and r["balance_cents"] > 0 and r["overdue_cents"] == 0
                and r["status_24"][-1] in "N*", lambda r: {"balance_cents": 0})),
    Spoil("settled at once and not in full", "paid_cents", ("PUB-222",),
          _when(lambda r: _loan(r, "07") and r["account_status"] == "3" and (r["paid_cents"] or 0) > 100,
                lambda r: {"paid_cents": r["paid_cents"] - 100})),
    Spoil("a number of months left of an irregular loan", "months_left", ("PUB-223",),
          _when(lambda r: _loan(r, "08"), lambda r: {"months_left": "012"})),
    Spoil("a number of months left of a loan repaid once", "months_left", ("PUB-224",),
          _when(lambda r: _loan(r, "07"), lambda r: {"months_left": "005"})),
    Spoil("bad debt without periods overdue", "account_status", ("PUB-225",),
          _when(lambda r: _loan(r) and r["overdue_periods"] == 0, lambda r: {"account_status": "4"})),
    Spoil("due and not overdue with a balance", "balance_cents", ("PUB-226",),
          _when(lambda r: _loan(r) and r["overdue_periods"] == 0 and r["overdue_cents"] == 0
                and r["due_on"] is not None and r["bill_on"] >= r["due_on"],
                lambda r: {"balance_cents": 100_000})),
    Spoil("reported again after its settlement", "bill_on", ("GL-04", "DR-03"),
          _when(lambda r: _loan(r) and r["account_status"] == "3" and r["status_24"][-1] == "C",
                lambda r: {"bill_on": _next_month(r["bill_on"]), "status_24": r["status_24"][1:] + "C"}),
          extra=True),
)  # fmt: skip

_RESIDENCE = ("residence_address", "residence_postcode", "residence_condition")


def _later(row: Row) -> Row:
    return {"reported_on": _next_month(row["reported_on"])}


_OWN: dict[str, tuple[Spoil, ...]] = {
    "borrower": (
        Spoil("born before 1900", "birth_on", ("PUB-211",),
              _when(lambda r: r["birth_on"] is not None, lambda r: {"birth_on": date(1880, 1, 1)})),
        Spoil("own number for the spouse", "spouse_id_hmac", ("PUB-216",),
              _when(lambda r: r["resident_id_hmac"], lambda r: {"spouse_id_hmac": r["resident_id_hmac"]})),
        Spoil("married to nobody", "marital_status", ("PUB-217",),
              _when(lambda r: True, lambda r: {**dict.fromkeys(SPOUSE), "marital_status": "21"})),
        Spoil("first report without a residence", "residence_address", ("GL-03",),
              _when(lambda r: any(r[name] is not None for name in _RESIDENCE),
                    lambda r: dict.fromkeys(_RESIDENCE))),
        Spoil("borrower told again without a change", "reported_on", ("GL-03",),
              _when(lambda r: True, _later), extra=True),
    ),
    "guarantor": (
        Spoil("guarantor without a number", "id_no_hmac", ("BI-04",),
              _when(lambda r: r["id_no_hmac"], lambda r: {"id_no_hmac": None, "id_no_masked": None})),
        Spoil("guarantor without a name", "name_masked", ("BI-04",),
              _when(lambda r: r["name_masked"], lambda r: {"name_masked": None})),
        Spoil("guarantor without a kind of certificate", "id_kind", ("BI-04",),
              _when(lambda r: r["id_kind"], lambda r: {"id_kind": None})),
        Spoil("guarantor told again without a change", "reported_on", ("GL-05",),
              _when(lambda r: True, _later), extra=True),
    ),
}  # fmt: skip
