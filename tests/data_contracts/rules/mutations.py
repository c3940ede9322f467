"""The written table of mutations: which one changed item of a legal record hits exactly which rules.

``where`` picks suitable legal records, ``given`` makes a legal variant of them where the generator has none, and
``item = value`` (SQL) is the single change.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOAN = "business = '1' AND frequency = '03'"
NORMAL = (
    f"{LOAN} AND account_status = '1' AND overdue_count = 0 AND ends_with(status_24, 'NNNNN')"
    " AND substr(status_24, 11, 1) = 'N' AND date_diff('month', bill_on, due_on) >= 2 AND bill_on >= '2023-07-01'"
)
FIFTH = (
    f"{LOAN} AND ends_with(status_24, '345') AND due_on > bill_on AND account_status = '2'"
    " AND bill_on >= '2023-07-01'"
)
FIRST_MISS = f"{LOAN} AND ends_with(status_24, 'N1') AND due_on > bill_on"
LONG = f"{LOAN} AND ends_with(status_24, '77') AND overdue_periods > 8"
MATURED = f"{LOAN} AND account_status = '2' AND date_diff('month', due_on, bill_on) > 0"
EARLY = f"{LOAN} AND account_status = '3' AND bill_on < due_on"
AT_DUE = f"{LOAN} AND account_status = '3' AND bill_on >= due_on"
OPENING = f"{LOAN} AND date_diff('month', opened_on, bill_on) = 0"
ONCE = "frequency = '07' AND account_status = '1' AND date_diff('month', opened_on, bill_on) > 0"
ONCE_SETTLED = "frequency = '07' AND account_status = '3'"
IRREGULAR = "frequency = '08' AND account_status = '1'"
OTHER = "frequency = '99' AND account_status = '1'"
CARD = (
    "business = '2' AND account_status = '1' AND ends_with(status_24, 'NNN') AND balance_cents > 0"
    " AND overdue_count = 0"
)
CARD_LATE = "business = '2' AND ends_with(status_24, '345')"
CARD_FOURTH = "business = '2' AND ends_with(status_24, '234')"
CARD_CLOSED = "business = '2' AND account_status = '4'"


@dataclass(frozen=True)
class Mutation:
    name: str
    where: str
    item: str
    value: str
    rules: frozenset[str]
    given: dict[str, str] = field(default_factory=dict)


def _m(name: str, where: str, item: str, value: str, rules: str, **given: str) -> Mutation:
    return Mutation(name, where, item, value, frozenset(rules.split()), given)


def _last(letter: str) -> str:
    return f"left(status_24, 23) || '{letter}'"


def _at(position: int, letter: str) -> str:
    return f"left(status_24, {position - 1}) || '{letter}' || substr(status_24, {position + 1})"


MUTATIONS: tuple[Mutation, ...] = (
    # a loan that is paid as agreed
    _m("periods without an amount", NORMAL, "overdue_periods", "1", "LR-01 LR-06 LR-07 LR-11"),
    _m("an amount without periods", NORMAL, "overdue_cents", "10000", "LR-01"),
    _m("state overdue", NORMAL, "account_status", "'2'", "LR-02 PUB-225"),
    _m("state bad debt", NORMAL, "account_status", "'4'", "LR-02 PUB-225"),
    _m("state settled", NORMAL, "account_status", "'3'", "LR-13"),
    _m("last month unknown", NORMAL, "status_24", _last("#"), "LR-03 LR-05"),
    _m("no month at all", NORMAL, "status_24", "repeat('/', 24)", "LR-04 LR-05"),
    _m("ended abnormally", NORMAL, "status_24", _last("G"), "LR-05"),
    _m("paid by a guarantor", NORMAL, "status_24", _last("D"), "LR-05"),
    _m("overdue digit", NORMAL, "status_24", _last("1"), "LR-05 PUB-225 DR-04 DR-06"),
    _m("letter of generation 2", NORMAL, "status_24", _last("A"), "LR-05 DR-01"),
    _m("letter of no generation", NORMAL, "status_24", _last("Q"), "LR-05 DR-01"),
    _m("letter of no generation before", NORMAL, "status_24", _at(23, "q"), "DR-01"),
    _m("23 letters", NORMAL, "status_24", "substr(status_24, 2)", "DR-01"),
    _m("25 letters", NORMAL, "status_24", "'/' || status_24", "DR-01"),
    _m("generation 1 with M", NORMAL, "format_generation", "1", "LR-05 DR-01",
       status_24=_last("M"), format_generation="2"),
    _m("not opened in between", NORMAL, "status_24", _at(12, "/"), "DR-02"),
    _m("settled in between", NORMAL, "status_24", _at(21, "C"), "DR-03"),
    _m("overdue twice after N", NORMAL, "status_24", _at(21, "2"), "LR-09 DR-04"),
    _m("overdue once after N", NORMAL, "status_24", _at(21, "1"), "DR-04"),
    _m("nothing due", NORMAL, "status_24", _last("*"), "PUB-203"),
    _m("no balance", NORMAL, "balance_cents", "0", "PUB-220"),
    _m("due a month later", NORMAL, "due_on", "CAST(due_on + INTERVAL 1 MONTH AS DATE)", "LR-14"),
    _m("opened a month earlier", NORMAL, "opened_on", "CAST(opened_on - INTERVAL 1 MONTH AS DATE)", "LR-14"),
    _m("months are a letter", NORMAL, "months_total", "'U'", "LR-14"),
    _m("months off by one", NORMAL, "months_total", "lpad(CAST(CAST(months_total AS INT) - 1 AS VARCHAR), 3, '0')",
       "LR-14"),
    _m("nothing paid", NORMAL, "paid_cents", "0", "PUB-201 PUB-219"),
    _m("a little paid", NORMAL, "paid_cents", "1", "PUB-219"),
    _m("nothing scheduled", NORMAL, "scheduled_cents", "0", "PUB-205"),
    _m("last paid long ago", NORMAL, "last_payment_on", "CAST(bill_on - INTERVAL 3 MONTH AS DATE)", "PUB-214"),
    _m("last paid at the opening", NORMAL, "last_payment_on", "opened_on", "PUB-214 PUB-218"),
    _m("no months left", NORMAL, "months_left", "'000'", "PUB-215"),
    _m("opened in 1989", NORMAL, "opened_on", "DATE '1989-12-31'", "LR-14 PUB-210"),
    _m("normal in the opening month", OPENING, "status_24", _last("N"), "PUB-218"),
    # a loan in arrears
    _m("step of 4 up", FIFTH, "status_24", _at(23, "1"), "LR-08"),
    _m("step of 3 up", FIFTH, "status_24", _at(23, "2"), "LR-08"),
    _m("step of 2 up is normal", FIFTH, "status_24", _at(23, "3"), ""),
    _m("periods one less", FIFTH, "overdue_periods", "4", "LR-07"),
    _m("periods gone", FIFTH, "overdue_periods", "0", "LR-01 LR-02 LR-05 PUB-225"),
    _m("amount gone", FIFTH, "overdue_cents", "0", "LR-01 DR-05"),
    _m("balance gone", FIFTH, "balance_cents", "0", "LR-12 DR-05"),
    _m("most periods too few", FIFTH, "max_overdue_periods", "4", "LR-11 DR-04"),
    _m("ever overdue too few", FIFTH, "overdue_count", "max_overdue_periods - 1", "LR-10"),
    _m("ever overdue too many", FIFTH, "overdue_count", "999", "PUB-208"),
    _m("band above the balance", FIFTH, "overdue_31_60_cents", "balance_cents + overdue_cents", "DR-05"),
    _m("class too good", FIFTH, "five_class", "'2'", "DR-06"),
    _m("amount 10 yuan off", FIRST_MISS, "overdue_cents", "overdue_cents + 1000", "PUB-204"),
    _m("seven became six", LONG, "status_24", _last("6"), "LR-07b"),
    _m("matured, billed a day early", MATURED, "bill_on", "bill_on - 1", "PUB-206"),
    _m("matured, amount below the balance", MATURED, "overdue_cents", "balance_cents - 1", "PUB-207 DR-05"),
    _m("matured and paid up", MATURED, "paid_cents", "scheduled_cents", "PUB-213"),
    # a settled loan
    _m("settled early with a balance", EARLY, "balance_cents", "10000", "LR-13"),
    _m("settled when due with a balance", AT_DUE, "balance_cents", "10000", "LR-13 PUB-226"),
    # loans of other frequencies
    _m("digit 0 for letter O", ONCE, "months_total", "'0'", "LR-15 PUB-224"),
    _m("once, months left a number", ONCE, "months_left", "'005'", "PUB-224"),
    _m("once, two periods", ONCE, "max_overdue_periods", "2", "LR-10 PUB-224"),
    _m("once, not at month's end", ONCE, "bill_on", "bill_on - 1", "PUB-202"),
    _m("once, settled unpaid", ONCE_SETTLED, "paid_cents", "paid_cents - 100", "PUB-222"),
    _m("irregular, months a number", IRREGULAR, "months_total", "'012'", "LR-16 PUB-223"),
    _m("irregular, months left a number", IRREGULAR, "months_left", "'012'", "PUB-223"),
    _m("other, months U", OTHER, "months_total", "'U'", "LR-17"),
    # cards
    _m("card frozen", CARD, "account_status", "'2'", "LR-02"),
    _m("card a bad debt", CARD, "account_status", "'5'", "LR-02"),
    _m("card cancelled with a balance", CARD, "account_status", "'4'", "LR-13"),
    _m("card billed in 2099", CARD, "bill_on", "DATE '2099-12-31'", "PUB-209"),
    _m("card opened in 1989", CARD, "opened_on", "DATE '1989-12-31'", "PUB-210"),
    _m("card overdue shown as paid", CARD_LATE, "status_24", _last("N"), "LR-06 LR-07"),
    _m("card amount gone", CARD_LATE, "overdue_cents", "0", "LR-01"),
    _m("card class too good", CARD_FOURTH, "five_class", "'2'", "DR-06"),
    _m("card closed with a debt", CARD_CLOSED, "balance_cents", "10000", "LR-13"),
    _m("card closed with a credit balance", CARD_CLOSED, "balance_cents", "-10000", ""),
)  # fmt: skip

CROSS_MUTATIONS: tuple[Mutation, ...] = (
    _m("an old month rewritten", "", "status_24", _at(12, "7"), "XM-01"),
    _m("the last month rewritten", "", "status_24", _last("#"), "XM-01"),
    _m("settled and yet reported again", "", "account_status", "CASE business WHEN '2' THEN '4' ELSE '3' END", "GL-04"),
    _m("ended and yet reported again", "", "status_24", _last("C"), "DR-03 XM-01"),
    _m("billed in the next month", "", "bill_on", "CAST(bill_on + INTERVAL 1 MONTH AS DATE) - 1", "XM-01 XM-03"),
)  # fmt: skip
