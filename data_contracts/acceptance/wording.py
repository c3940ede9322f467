"""Texts of the acceptance report: what to do next, thresholds, glossary."""

from __future__ import annotations

from data_contracts.acceptance.findings import Finding
from data_contracts.acceptance.settings import Thresholds
from data_contracts.documents import Text, Value

STATES: dict[str, Text] = {
    "blocks": Text("不通过", "Blocks"),
    "pending": Text("待判定原因", "Cause pending"),
    "excused": Text("业务属实", "Real business"),
}
_WANTING = Text("待补资料", "To be supplied")


def effect(found: Finding) -> Text:
    """What a finding does to the result."""
    return _WANTING if found.weight == "wanting" else STATES[found.state]


CAUSE_NAMES: dict[str, Text] = {
    "EXTRACT": Text("EXTRACT 数据抽取", "EXTRACT: faulty extraction"),
    "PROGRAM": Text("PROGRAM 接口程序", "PROGRAM: faulty interface program"),
    "BUSINESS": Text("BUSINESS 业务如此", "BUSINESS: the business is so"),
}
SUMMARY: dict[str, Text] = {
    "ACCEPTED": Text(
        "连续各月的报文完整、及时，入库良好，与业务系统一致。验收记录入档后开放查询权限（GL-08）。",
        "The months in a row are complete, timely, load well and agree with the business system. Query rights "
        "open with the record of this acceptance (GL-08).",
    ),
    "NOT_ACCEPTED": Text(
        "存在不能以原因说明的问题，或原因为数据抽取、接口程序的偏差。更正并重报后再行验收；查询权限不开放。",
        "Something stands that no cause excuses, or a deviation whose cause is the extraction or the program. "
        "Correct it, report again and come back; query rights stay closed.",
    ),
    "PENDING": Text(
        "没有直接否决的问题，但有偏差尚未判明原因，或缺少比对资料（DI-07）。补齐后重新运行；未判定前不入档。",
        "Nothing blocks outright, but a deviation has no cause yet or something to compare with is missing "
        "(DI-07). Supply it and run again; until then nothing is recorded.",
    ),
}

_HITS = Text(
    "逐条从业务上判断规则命中：属实的用 xinqiao contracts waive 豁免并写明理由，不属实的更正后重报。"
    "命中的记录见随附的核查清单。",
    "Judge each rule hit from the business: waive the real ones with their reason (xinqiao contracts waive), "
    "correct and send the others again. The case list beside this report names the records.",
)
_NEXT: dict[str, Text] = {
    "XM-02": Text("补报缺失月份，使至少三个月连续。", "Report the missing months, three in a row."),
    "GL-08": Text(
        "查明迟报或未入库的原因，按反馈文件更正后重报。",
        "Find out why records came late or did not load; correct them by the feedback file.",
    ),
    "BI-04": Text(
        "补全担保人的姓名、证件类型和证件号码，不得填写暂缺、X 等，然后重报。",
        "Complete name, kind and number of the guarantors' certificates, no placeholder, and send them again.",
    ),
    "BI-03": Text(
        "检查接口程序是否漏取已采集的项目（终态为全量报送）。",
        "Check whether the program leaves out what was collected (in the end everything is reported).",
    ),
    "DI": Text(
        "先判明差异是数据抽取问题还是程序问题，用 --cause 规则=原因 登记后重新运行。",
        "Find out whether extraction or program is the cause of a difference, record it with --cause RULE=CAUSE "
        "and run again.",
    ),
    "own-table": Text(
        "由业务系统导出字段、取值、数量三列的自有分布表（--own-table）。",
        "Export the own table (field, value, count) from the business system (--own-table).",
    ),
    "GL": Text(
        "核对核查清单所列账户：漏报的补报，漏带的基本信息或担保信息补报，计算项错误的更正程序。",
        "Go through the accounts of the case list: report what is missing, add borrowers and guarantors, correct "
        "the program of computed items.",
    ),
}  # fmt: skip
_OPEN = Text(
    "验收记录入档后，服务端按记录开放查询；继续按月及时报送。",
    "The service opens queries by the record of this acceptance; go on reporting every month.",
)


def next_steps(findings: tuple[Finding, ...]) -> tuple[Text, ...]:
    """What to do about the reasons, each once."""
    steps: list[Text] = []
    for found in findings:
        if found.subject == "own-table":
            step = _NEXT["own-table"]
        elif found.rule_id in _NEXT:
            step = _NEXT[found.rule_id]
        elif found.weight == "block" and not found.rule_id.startswith("DI"):
            step = _HITS
        else:
            step = _NEXT[found.rule_id[:2]]
        if step not in steps:
            steps.append(step)
    return tuple(steps) or (_OPEN,)


OURS, STATED = Text("我方设定", "ours"), Text("资料规定", "stated by the papers")


def threshold_rows(limits: Thresholds) -> tuple[tuple[Value, ...], ...]:
    """Threshold, value, rule, and whose it is."""
    caps = len(limits.limit_caps_cents)
    causes = ", ".join(limits.excusing_causes)
    return (
        (Text("连续月份数", "Months in a row"), f"≥ {limits.months}", "XM-02, GL-08", STATED),
        (Text("占比差", "Difference of shares"), f"≤ {limits.points:g} pp", "DI-01–DI-06", OURS),
        (Text("填报率差", "Difference of fill rates"), f"≤ {limits.rate_points:g} pp", "BI-03", OURS),
        (Text("PSI 关注 / 不通过", "PSI watch / fail"),
         f"> {limits.psi_watch:g} / > {limits.psi_fail:g}", "DI", OURS),
        (Text("连续字段分组数", "Groups of a continuous field"), f"≤ {limits.bins}", "DI", OURS),
        (Text("入库率", "Share that loads"), f"≥ {limits.least_loaded:.2%}", "GL-08", OURS),
        (Text("报送时限（月末起日数）", "Days after the month's end"),
         f"≤ {limits.late_after_days}", "GL-08", OURS),
        (Text("开户不早于 / 期限不超过", "Opened from / term at most"),
         Text("1990-01-01 / 50 年", "1990-01-01 / 50 years"), "DI-01", OURS),
        (Text("授信额度上限", "Cap of the limit"),
         Text(f"{caps} 类设上限；其余提示 P{100 * limits.limit_quantile:g}",
              f"{caps} kinds capped; others shown above P{100 * limits.limit_quantile:g}"),
         "DI-02", OURS),
        (Text("重算抽样账户数 / 种子", "Sample derived again / seed"),
         f"{limits.sample:,} / {limits.seed}", "GL-06", OURS),
        (Text("可说明偏差的原因", "Causes that excuse"), causes, "DI-07", OURS),
    )  # fmt: skip


GLOSSARY: tuple[tuple[Value, Value], ...] = (
    (Text("填报率", "Fill rate"),
     Text("当月新开账户中该项有真实值的账户数 ÷ 当月新开账户数；暂缺、未知、空白计为缺失；无新开账户时无定义（n/a）",
          "New accounts of the month with a real value ÷ new accounts of the month; 暂缺, 未知 and blanks count as "
          "missing; undefined (n/a) without new accounts")),
    (Text("百分点", "Percentage point (pp)"),
     Text("两个百分比之差的单位：12.3% 与 12.1% 相差 0.2 个百分点",
          "The unit of a difference of two percentages: 12.3% and 12.1% differ by 0.2")),
    ("PSI", Text("群体稳定性指数：各组 (a − e) × ln(a ÷ e) 之和，a 为报文占比，e 为业务系统占比",
                 "Population stability index: the sum of (a − e) × ln(a ÷ e) over the groups, a the share in the "
                 "messages, e in the business system")),
    (Text("待核 / 豁免", "Under review / waived"),
     Text("规则命中先从业务上判断；属实的由专人豁免，未豁免的命中阻止验收",
          "A rule hit is first judged from the business; a real one is waived by a person, any other blocks")),
    (Text("隔离", "Quarantine"),
     Text("违反错误级规则而未入库的行，见反馈文件",
          "Rows that broke a rule of severity ERROR and did not load; the feedback file lists them")),
    (Text("核查清单", "Case list"),
     Text("与本报告同时生成、仅供报送机构使用的账户清单；本报告不含个人信息",
          "A list of accounts written beside this report, for the institution alone; the report holds no personal "
          "information")),
)  # fmt: skip
