"""DI: the shares in the messages against the shares in the supplier's own system (annex 1, part 2).

The papers give no threshold. The same population should give the same counts; ours flags more than
0.1 percentage points, and for grouped amounts a population stability index above 0.1 or 0.25.
"""

from __future__ import annotations

from typing import Any

from data_contracts.rules.rule import Rule


def _share(id: str, zh: str, en: str, passing: Any, failing: Any, **more: Any) -> Rule:
    settings: dict[str, Any] = {
        "kind": "distribution",
        "severity": "REVIEW",
        "source": "S4",
        "reason": "People decide whether extraction, program or business is the cause (DI-07).",
    }
    return Rule(
        id, text_zh=zh, text_en=en, passing=passing, failing=failing, **{**settings, **more}
    )


DISTRIBUTION: tuple[Rule, ...] = (
    _share(
        "DI-01",
        "开户日期不得过早、到期日期不得过晚（开户不早于 1990-01-01；到期不晚于开户后 50 年，为我方设定）",
        "No opening date is too early (1990-01-01), no due date too late (50 years after it, ours)",
        {"opened_on": "1995-01-01", "due_on": "2025-01-01"},
        {"opened_on": "1985-01-01", "due_on": "2025-01-01"},
        same_as=("PUB-210",),
    ),
    _share(
        "DI-02",
        "授信额度不得过大（按产品设上限，未设的以 99.9% 分位数提示，为我方设定）",
        "No credit limit is too large (a cap by kind of business; without one, above the 99.9 % quantile; ours)",
        {"limit_cents": 100_000_00, "cap_cents": 100_000_00},
        {"limit_cents": 100_000_01, "cap_cents": 100_000_00},
    ),
    _share(
        "DI-03",
        "各年(月)开户数、结清数须与实际业务一致",
        "Accounts opened and settled in each year or month are those of the real business",
        {"ours": {"2023": 10, "2024": 20}, "theirs": {"2023": 10, "2024": 20}},
        {"ours": {"2023": 10, "2024": 20}, "theirs": {"2023": 11, "2024": 20}},
    ),
    _share(
        "DI-04",
        "各业务种类占比须与业务系统一致",
        "Shares by kind of business are those of the supplier's system",
        {"ours": {"11": 500, "91": 500}, "theirs": {"11": 5000, "91": 5005}},
        {"ours": {"11": 500, "91": 500}, "theirs": {"11": 502, "91": 498}},
    ),
    _share(
        "DI-05",
        "各逾期期数占比须与业务系统一致",
        "Shares by periods overdue are those of the supplier's system",
        {"ours": {"0": 990, "1": 10}, "theirs": {"0": 990, "1": 10}},
        {"ours": {"0": 990, "1": 10}, "theirs": {"0": 980, "1": 20}},
    ),
    _share(
        "DI-06",
        "各账户状态占比须与业务系统一致",
        "Shares by account state are those of the supplier's system",
        {"ours": {"1": 99, "3": 1}, "theirs": {"1": 99, "3": 1}},
        {"ours": {"1": 100}, "theirs": {"1": 99, "3": 1}},
    ),
    _share(
        "DI-07",
        "有差异的，须先判明原因并记录：EXTRACT 数据抽取、PROGRAM 接口程序、BUSINESS 业务",
        "Of every difference the cause is found and recorded: EXTRACT, PROGRAM or BUSINESS",
        {"difference": True, "cause": "PROGRAM"},
        {"difference": True, "cause": None},
    ),
)
