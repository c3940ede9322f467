"""What stands against an acceptance, found in the figures: one finding for each deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data_contracts.acceptance.distributions import Distribution
from data_contracts.acceptance.figures import Measured
from data_contracts.acceptance.settings import Thresholds
from data_contracts.documents import Text
from data_contracts.finance.borrower import Borrower
from data_contracts.rules.comparison import Cause

Weight = Literal["block", "deviation", "wanting"]
"""``block``: no cause excuses it; ``deviation``: its cause decides (DI-07); ``wanting``: something is not
there to be judged."""
State = Literal["blocks", "pending", "excused"]


@dataclass(frozen=True)
class Finding:
    """One reason against acceptance, or a deviation that its cause excuses.

    ``subject`` is the field, item or month that it is about; ``key`` names both for ``--cause``.
    """

    rule_id: str
    subject: str
    weight: Weight
    text: Text
    state: State
    cause: Cause | None = None

    @property
    def key(self) -> str:
        """Rule and subject."""
        return f"{self.rule_id}:{self.subject}" if self.subject else self.rule_id


def find(measured: Measured, limits: Thresholds) -> list[Finding]:
    """All findings, in the order of the papers; none is decided yet."""
    return [
        *_months(measured, limits),
        *_hits(measured),
        *_base_information(measured, limits),
        *_distributions(measured, limits),
        *_generation(measured),
    ]


def _finding(rule: str, subject: str, weight: Weight, zh: str, en: str) -> Finding:
    return Finding(rule, subject, weight, Text(zh, en), "pending")


def _months(m: Measured, limits: Thresholds) -> list[Finding]:
    found = []
    absent = [month.month for month in m.by_month if not month.present]
    if absent or m.row < limits.months:
        listed = "、".join(f"{day:%Y-%m}" for day in absent)
        found.append(
            _finding(
                "XM-02",
                "",
                "block",
                f"须有连续 {limits.months} 个月的报文，实际连续 {m.row} 个月"
                + (f"；缺 {listed}" if absent else ""),
                f"{limits.months} months in a row are needed, there are {m.row}"
                + (f"; missing: {listed.replace('、', ', ')}" if absent else ""),
            )
        )
    for month in m.by_month:
        label = f"{month.month:%Y-%m}"
        if month.late:
            found.append(
                _finding(
                    "GL-08",
                    label,
                    "block",
                    f"{label} 有 {month.late:,} 条账户记录在 {month.due_by} 之后才首次收到",
                    f"{label}: {month.late:,} account records first came after {month.due_by}",
                )
            )
        if month.present and month.loaded is not None and month.loaded < limits.least_loaded:
            found.append(
                _finding(
                    "GL-08",
                    f"{label}-loaded",
                    "block",
                    f"{label} 入库率 {month.loaded:.2%}，低于 {limits.least_loaded:.2%}"
                    f"（隔离 {month.quarantined:,} 行）",
                    f"{label}: {month.loaded:.2%} of the records loaded, less than "
                    f"{limits.least_loaded:.2%} ({month.quarantined:,} rows in quarantine)",
                )
            )
    return found


def _hits(m: Measured) -> list[Finding]:
    return [
        _finding(
            hit.rule_id, hit.contract, "block",
            f"{hit.open:,} 条命中尚未豁免：{hit.text.zh}",
            f"{hit.open:,} hits that nobody waived: {hit.text.en}",
        )
        for hit in m.hits
        if hit.open
    ]  # fmt: skip


def _base_information(m: Measured, limits: Thresholds) -> list[Finding]:
    found = []
    if m.faulty_guarantors:
        found.append(
            _finding(
                "BI-04",
                "",
                "block",
                f"{m.faulty_guarantors:,} 名担保人的姓名、证件类型或证件号码缺失或填写暂缺、X 等",
                f"{m.faulty_guarantors:,} guarantors lack a name, kind or number of certificate, or have a "
                "placeholder such as 暂缺 or X",
            )
        )
    for fill in m.fills:
        rate, collected = fill.total.rate, fill.collected
        if rate is None or collected is None:
            continue
        points = 100 * (rate - collected)
        if abs(points) > limits.rate_points + 1e-9:
            title = Borrower.column(fill.item).item
            found.append(
                _finding(
                    "BI-03",
                    fill.item,
                    "deviation",
                    f"{title.title_zh} 填报率 {rate:.1%}，机构采集率 {collected:.1%}，相差 {points:+.1f} 个百分点",
                    f"{title.title_en}: fill rate {rate:.1%}, collected {collected:.1%}, difference "
                    f"{points:+.1f} percentage points",
                )
            )
    return found


def _distributions(m: Measured, limits: Thresholds) -> list[Finding]:
    found = []
    if m.odd_dates:
        found.append(
            _finding(
                "DI-01",
                "dates",
                "deviation",
                f"{m.odd_dates:,} 个账户开户日期过早或到期日期过晚",
                f"{m.odd_dates:,} accounts were opened too early or are due too late",
            )
        )
    capped = {k: n for k, n in m.large_limits.items() if k in limits.limit_caps_cents}
    if capped:
        count = sum(capped.values())
        found.append(
            _finding(
                "DI-02",
                "caps",
                "deviation",
                f"{count:,} 个账户授信额度超过产品上限",
                f"{count:,} accounts have a limit above the cap of their kind of business",
            )
        )
    if m.distributions is None:
        found.append(
            _finding(
                "DI-04",
                "own-table",
                "wanting",
                "没有机构业务系统的自有分布表，DI-03 至 DI-06 无法比对",
                "There is no own table of the business system: DI-03 to DI-06 cannot be compared",
            )
        )
        return found
    there = {one.field.name for one in m.distributions}
    absent = [name for name in limits.required_fields if name not in there]
    if absent:
        listed = ", ".join(absent)
        found.append(
            _finding(
                "DI-04",
                "own-table",
                "wanting",
                f"自有分布表缺少字段：{listed}",
                f"The own table lacks fields: {listed}",
            )
        )
    return [*found, *(_distribution(one, limits) for one in m.distributions if one.differs)]


def _distribution(one: Distribution, limits: Thresholds) -> Finding:
    title, zh, en = one.field.title, [], []
    if one.flagged:
        size = "" if one.largest is None else f"{one.largest:.2f}"
        zh.append(
            f"{len(one.flagged)} 个取值的占比相差超过 {limits.points:g} 个百分点"
            + (f"（最大 {size}）" if size else "（一方无记录）")
        )
        en.append(
            f"shares of {len(one.flagged)} values differ by more than {limits.points:g} percentage points"
            + (f" (largest {size})" if size else " (one side is empty)")
        )
    if one.unequal:
        zh.append(f"{len(one.unequal)} 个时期的数量不等")
        en.append(f"counts of {len(one.unequal)} periods are not equal")
    if one.stability in ("watch", "fail"):
        limit = limits.psi_fail if one.stability == "fail" else limits.psi_watch
        zh.append(f"PSI {one.psi:.3f} 大于 {limit:g}")
        en.append(f"PSI {one.psi:.3f} is above {limit:g}")
    weight: Weight = "block" if one.stability == "fail" else "deviation"
    return _finding(
        one.field.rule, one.field.name, weight, f"{title.zh}：{'；'.join(zh)}",
        f"{title.en}: {'; '.join(en)}",
    )  # fmt: skip


def _generation(m: Measured) -> list[Finding]:
    found = []
    for month in m.by_month:
        if month.missing:
            label = f"{month.month:%Y-%m}"
            found.append(
                _finding(
                    "GL-01",
                    label,
                    "deviation",
                    f"{month.missing:,} 个上月未结清的账户在 {label} 未上报",
                    f"{month.missing:,} accounts unsettled the month before are not reported in {label}",
                )
            )
    if m.unreported:
        found.append(
            _finding(
                "GL-03",
                "first",
                "deviation",
                f"{m.unreported:,} 个账户首次上报未带借款人信息",
                f"{m.unreported:,} accounts were first reported without their borrower",
            )
        )
    if m.unguaranteed:
        found.append(
            _finding(
                "GL-05",
                "first",
                "deviation",
                f"{m.unguaranteed:,} 个由自然人保证的账户首次上报未带担保人",
                f"{m.unguaranteed:,} accounts that a natural person guarantees were first reported without a "
                "guarantor",
            )
        )
    for item, count in m.rederived.differing.items():
        found.append(
            _finding(
                "GL-06",
                item,
                "deviation",
                f"抽样 {m.rederived.sampled:,} 个账户，{count:,} 个的 {item} 与重算不符",
                f"{count:,} of {m.rederived.sampled:,} sampled accounts differ in {item} from what was derived",
            )
        )
    return found
