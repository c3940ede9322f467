"""The checklist of the acceptance: what a programme measured, and what people must see done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data_contracts.acceptance.judge import PROCEDURES
from data_contracts.acceptance.record import Acceptance
from data_contracts.documents import Text
from data_contracts.rules import rule
from data_contracts.rules.completeness import query_rights_open

Mark = Literal["ok", "deviates", "closed", "unchecked", "confirmed", "unconfirmed"]
MARKS: dict[str, Text] = {
    "ok": Text("✓ 符合", "✓ holds"),
    "deviates": Text("✗ 有偏差", "✗ deviates"),
    "closed": Text("✗ 不开放", "✗ stays closed"),
    "unchecked": Text("— 无可核对", "— nothing to check"),
    "confirmed": Text("人工确认", "confirmed by a person"),
    "unconfirmed": Text("○ 待人工确认", "○ to be confirmed"),
}
LISTED = ("XM-02", "XM-04", *(f"GL-0{n}" for n in range(1, 9)))


@dataclass(frozen=True)
class Entry:
    """One line: the rule, how it stands, and what that rests on."""

    rule_id: str
    text: Text
    mark: Mark
    basis: Text


def checklist(acceptance: Acceptance) -> tuple[Entry, ...]:
    """All entries; a procedure is never passed by the programme."""
    return tuple(_entry(acceptance, rule_id) for rule_id in LISTED)


def _entry(acceptance: Acceptance, rule_id: str) -> Entry:
    published = rule(rule_id)
    text = Text(published.text_zh, published.text_en)
    if rule_id in PROCEDURES:
        seen = acceptance.confirmations.get(rule_id)
        if seen is None:
            basis = Text("程序不作判断", "no programme judges it")
            return Entry(rule_id, text, "unconfirmed", basis)
        return Entry(
            rule_id, text, "confirmed", Text(f"{seen.by}，{seen.on}", f"{seen.by}, {seen.on}")
        )
    return Entry(rule_id, text, *_measured(acceptance, rule_id))


def _measured(acceptance: Acceptance, rule_id: str) -> tuple[Mark, Text]:
    m, limits = acceptance.measured, acceptance.thresholds
    mark: Mark = "ok"
    if any(f.rule_id == rule_id for f in acceptance.judgement.findings):
        mark = "deviates"
    months = [month for month in m.by_month if month.present]
    missing = sum(month.missing for month in m.by_month)
    hits = sum(hit.hits for hit in m.hits if hit.rule_id == rule_id)
    waived = sum(hit.waived for hit in m.hits if hit.rule_id == rule_id)
    told = Text(f"命中 {hits:,}，豁免 {waived:,}", f"{hits:,} hits, {waived:,} waived")
    if rule_id == "XM-02":
        return mark, Text(f"连续 {m.row} 个月", f"longest run of months: {m.row}")
    if rule_id == "GL-01":
        if m.row < 2:
            return "unchecked", Text("没有相邻月份", "no two months in a row")
        return mark, Text(f"漏报 {missing:,} 户次", f"{missing:,} account months missing")
    if rule_id == "GL-03":
        return mark, Text(
            f"首报无借款人 {m.unreported:,} 户；{told.zh}",
            f"{m.unreported:,} first reports without borrower; {told.en}",
        )
    if rule_id == "GL-04":
        return mark, told
    if rule_id == "GL-05":
        if not m.guarantors and not m.unguaranteed:
            return "unchecked", Text("无担保人", "no guarantor")
        return mark, Text(
            f"首报无担保人 {m.unguaranteed:,} 户；{told.zh}",
            f"{m.unguaranteed:,} first reports without guarantor; {told.en}",
        )
    if rule_id == "GL-06":
        r = m.rederived
        if not r.sampled:
            return "unchecked", Text(
                "没有全部历史都在 24 个月内的账户",
                "no account whose whole life is within 24 months",
            )
        return mark, Text(
            f"{r.accounts:,} 户中可重算 {r.eligible:,} 户，抽 {r.sampled:,} 户",
            f"{r.sampled:,} sampled of {r.eligible:,} that can be derived, of {r.accounts:,}",
        )
    ready = query_rights_open(
        [month.month for month in months],
        on_time=m.on_time,
        loaded=m.loaded,
        least_loaded=limits.least_loaded,
    )
    opened = ready and acceptance.judgement.result == "ACCEPTED"
    late = sum(month.late for month in m.by_month)
    return "ok" if opened else "closed", Text(
        f"连续 {m.row} 个月，迟报 {late:,}，最低入库率 {m.loaded:.2%}",
        f"longest run of months {m.row}, {late:,} late, at least {m.loaded:.2%} loaded",
    )
