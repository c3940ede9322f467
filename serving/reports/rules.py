"""Risk hints: rules with ids over a subject's visible records. Every threshold is ours.

A rule looks at one dossier and names the records it rests on. It says what stands in the records and
never predicts; the score does that. Each rule carries a dossier that it holds for and one that it does
not hold for, which the tests run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from serving.records import Dossier, Record
from serving.reports.examples import card, firm
from serving.texts import Both

HIGH_UTILISATION = 0.9
SMALL_PAYMENT = 0.05
RISING_MONTHS = 3
HIGH_GUARANTEE = 0.8
AMOUNT_PER_EMPLOYEE_CENTS = 100_000_00
SERIOUS_ARREARS = 3


@dataclass(frozen=True)
class Finding:
    """What a rule found: the records behind it and the values for its text."""

    records: tuple[Record, ...]
    values: dict[str, str]


@dataclass(frozen=True)
class Rule:
    """One rule of the report.

    Attributes
    ----------
    id : str
        ``RH-001`` and so on; never used again for another rule.
    level : str
        ``attention`` (speaks against the subject) or ``notice`` (a fact to know).
    text_zh, text_en : str
        With placeholders for the finding's values.
    find : callable
        Gives a finding when the rule holds.
    holds_for, not_for : Dossier
        One example of each.
    """

    id: str
    level: str
    text_zh: str
    text_en: str
    find: Callable[[Dossier], Finding | None]
    holds_for: Dossier
    not_for: Dossier


@dataclass(frozen=True)
class Hint:
    """A rule that holds for a subject, with its text and the records behind it."""

    rule_id: str
    level: str
    text: Both
    records: tuple[Record, ...]


def hints(dossier: Dossier) -> tuple[Hint, ...]:
    """All rules that hold, those that ask for attention first, then in the order of their ids."""
    found = []
    for rule in RULES:
        finding = rule.find(dossier)
        if finding is not None:
            text = Both(
                rule.text_zh.format(**finding.values), rule.text_en.format(**finding.values)
            )
            found.append(Hint(rule.id, rule.level, text, finding.records))
    return tuple(sorted(found, key=lambda hint: (hint.level != "attention", hint.rule_id)))


def arrears(record: Record) -> int:
    """Months in arrears of a card month: the last character of its status; 0 when paid or unused.

    >>> from datetime import date
    >>> arrears(Record("card_repayment", "k", date(2005, 9, 30), {"status_24": "#" * 23 + "3"}))
    3
    """
    last = str(record.values["status_24"])[-1]
    return int(last) if last in "1234567" else 0


def _arrears_months(dossier: Dossier) -> Finding | None:
    late = tuple(r for r in dossier.of("card_repayment") if arrears(r))
    if not late:
        return None
    worst = max(arrears(r) for r in late)
    return Finding(late, {"count": str(len(late)), "worst": str(worst)})


def _in_arrears_now(dossier: Dossier) -> Finding | None:
    latest = dossier.latest("card_repayment")
    if latest is None or not arrears(latest):
        return None
    return Finding((latest,), {"months": str(arrears(latest))})


def _serious_arrears(dossier: Dossier) -> Finding | None:
    serious = tuple(r for r in dossier.of("card_repayment") if arrears(r) >= SERIOUS_ARREARS)
    if not serious:
        return None
    return Finding(serious, {"months": str(SERIOUS_ARREARS), "count": str(len(serious))})


def _high_utilisation(dossier: Dossier) -> Finding | None:
    account, latest = dossier.latest("card_account"), dossier.latest("card_repayment")
    if account is None or latest is None:
        return None
    limit = account.values["credit_limit_cents"]
    used = latest.values["billed_cents"] / limit if limit else 0.0
    if used < HIGH_UTILISATION:
        return None
    return Finding((account, latest), {"used": f"{used:.0%}", "bound": f"{HIGH_UTILISATION:.0%}"})


def _small_payments(dossier: Dossier) -> Finding | None:
    months = dossier.of("card_repayment")
    small = []
    # A bill is paid in the month after it, so the payment is held against the bill before.
    for before, month in zip(months[-4:-1], months[-3:], strict=False):
        billed = before.values["billed_cents"]
        if billed > 0 and month.values["paid_cents"] < SMALL_PAYMENT * billed:
            small.append(month)
    if len(small) < 2:
        return None
    return Finding(tuple(small), {"count": str(len(small)), "bound": f"{SMALL_PAYMENT:.0%}"})


def _rising_bills(dossier: Dossier) -> Finding | None:
    months = dossier.of("card_repayment")[-(RISING_MONTHS + 1) :]
    bills = [month.values["billed_cents"] for month in months]
    rising = all(a < b for a, b in pairwise(bills))
    if len(bills) <= RISING_MONTHS or bills[0] <= 0 or not rising:
        return None
    growth = bills[-1] / bills[0] - 1
    return Finding(months, {"months": str(RISING_MONTHS), "growth": f"{growth:.0%}"})


def _new_business(dossier: Dossier) -> Finding | None:
    entry = dossier.latest("registration")
    return Finding((entry,), {}) if entry and entry.values["new_business"] else None


def _no_industry(dossier: Dossier) -> Finding | None:
    entry = dossier.latest("registration")
    return Finding((entry,), {}) if entry and entry.values["industry_code"] is None else None


def _large_for_its_size(dossier: Dossier) -> Finding | None:
    asked, entry = dossier.latest("loan_application"), dossier.latest("registration")
    if asked is None or entry is None or not entry.values["employees"]:
        return None
    each = asked.values["amount_cents"] / entry.values["employees"]
    if each <= AMOUNT_PER_EMPLOYEE_CENTS:
        return None
    values = {"each": f"{each / 100:,.0f}", "bound": f"{AMOUNT_PER_EMPLOYEE_CENTS / 100:,.0f}"}
    return Finding((asked, entry), values)


def _no_employees(dossier: Dossier) -> Finding | None:
    entry = dossier.latest("registration")
    return Finding((entry,), {}) if entry and entry.values["employees"] == 0 else None


def _high_guarantee(dossier: Dossier) -> Finding | None:
    asked = dossier.latest("loan_application")
    if asked is None or not asked.values["amount_cents"]:
        return None
    share = asked.values["guaranteed_cents"] / asked.values["amount_cents"]
    return Finding((asked,), {"share": f"{share:.0%}"}) if share > HIGH_GUARANTEE else None


def _charged_off(dossier: Dossier) -> Finding | None:
    ended = tuple(r for r in dossier.of("loan_outcome") if r.values["status"] == "CHARGED_OFF")
    return Finding(ended, {"count": str(len(ended))}) if ended else None


def _several_applications(dossier: Dossier) -> Finding | None:
    recent = tuple(
        r for r in dossier.of("loan_application") if (dossier.as_of - r.event).days <= 365
    )
    return Finding(recent, {"count": str(len(recent))}) if len(recent) > 1 else None


RULES: tuple[Rule, ...] = (
    Rule(
        "RH-001",
        "attention",
        "已知月份中有 {count} 个月逾期，最重为逾期 {worst} 个月。",
        "{count} of the known months were in arrears, at worst by {worst} months.",
        _arrears_months,
        card(statuses="NN1NNN"),
        card(statuses="NN*NNN"),
    ),
    Rule(
        "RH-002",
        "attention",
        "最近一期仍处于逾期状态，逾期 {months} 个月。",
        "The latest month is in arrears, by {months} months.",
        _in_arrears_now,
        card(statuses="NNNNN2"),
        card(statuses="NNNN2N"),
    ),
    Rule(
        "RH-003",
        "attention",
        "有 {count} 个月逾期达到 {months} 个月或以上。",
        "{count} months were in arrears by {months} months or more.",
        _serious_arrears,
        card(statuses="N123NN"),
        card(statuses="N122NN"),
    ),
    Rule(
        "RH-004",
        "attention",
        "最近一期账单占授信额度的 {used}，达到 {bound} 的提示线。",
        "The latest bill is {used} of the credit limit, at or above the line of {bound}.",
        _high_utilisation,
        card(bills=(50, 60, 70, 80, 85, 95)),
        card(bills=(50, 60, 70, 80, 85, 60)),
    ),
    Rule(
        "RH-005",
        "attention",
        "最近三期中有 {count} 期还款不足上期账单的 {bound}。",
        "In {count} of the last three months less than {bound} of the bill before was paid.",
        _small_payments,
        card(payments=(9, 9, 9, 0, 0, 9)),
        card(payments=(9, 9, 9, 9, 0, 9)),
    ),
    Rule(
        "RH-006",
        "notice",
        "账单连续 {months} 个月上升，累计上升 {growth}。",
        "Bills have risen {months} months in a row, by {growth} in all.",
        _rising_bills,
        card(bills=(50, 40, 30, 40, 50, 60)),
        card(bills=(50, 40, 30, 40, 50, 45)),
    ),
    Rule(
        "RH-007",
        "notice",
        "登记信息显示为新设企业（成立不超过两年）。",
        "Registered as a new business (two years old or younger).",
        _new_business,
        firm(new_business=True),
        firm(new_business=False),
    ),
    Rule(
        "RH-008",
        "notice",
        "登记信息缺少行业代码，无法与同行业比较。",
        "The registration has no industry code, so it cannot be compared with its industry.",
        _no_industry,
        firm(industry_code=None),
        firm(industry_code="722110"),
    ),
    Rule(
        "RH-009",
        "attention",
        "人均申请金额 {each} 美元，高于 {bound} 美元的提示线。",
        "The amount sought is {each} US dollars an employee, above the line of {bound}.",
        _large_for_its_size,
        firm(amount_cents=60_000_000, employees=4),
        firm(amount_cents=20_000_000, employees=4),
    ),
    Rule(
        "RH-010",
        "notice",
        "登记从业人数为零。",
        "The registration shows no employees.",
        _no_employees,
        firm(employees=0),
        firm(employees=4),
    ),
    Rule(
        "RH-011",
        "notice",
        "申请金额的 {share} 由政府担保，出借机构自担风险的部分较小。",
        "{share} of the amount sought is guaranteed by the state; the lender bears little itself.",
        _high_guarantee,
        firm(guaranteed_cents=18_000_000),
        firm(guaranteed_cents=10_000_000),
    ),
    Rule(
        "RH-012",
        "attention",
        "有 {count} 笔贷款已被核销。",
        "{count} loans were charged off.",
        _charged_off,
        firm(outcome="CHARGED_OFF"),
        firm(outcome="PAID_IN_FULL"),
    ),
    Rule(
        "RH-013",
        "notice",
        "一年内有 {count} 笔贷款申请。",
        "{count} loan applications within one year.",
        _several_applications,
        firm(applications=2),
        firm(applications=1),
    ),
)
