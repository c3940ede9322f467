"""The acceptance report: one document for print and screen, in Chinese or English."""

from __future__ import annotations

from data_contracts.acceptance.checklist import MARKS, checklist
from data_contracts.acceptance.record import RESULTS, Acceptance
from data_contracts.acceptance.report_figures import (
    distribution_blocks,
    fill_blocks,
    month_blocks,
)
from data_contracts.acceptance.wording import (
    CAUSE_NAMES,
    GLOSSARY,
    SUMMARY,
    effect,
    next_steps,
    threshold_rows,
)
from data_contracts.documents import (
    Block,
    Bullets,
    Document,
    Heading,
    KeyValues,
    Lang,
    Note,
    Paragraph,
    Table,
    Text,
    Tone,
    Value,
)
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_month import CreditMonth
from data_contracts.finance.guarantor import Guarantor

_TONES: dict[str, Tone] = {"ACCEPTED": "good", "NOT_ACCEPTED": "bad", "PENDING": "warn"}
_CONTRACTS = {
    c.about.name: Text(c.about.title_zh, c.about.title_en)
    for c in (CreditMonth, Borrower, Guarantor)
}


def report(acceptance: Acceptance, lang: Lang) -> Document:
    """Set the report of an acceptance.

    Parameters
    ----------
    acceptance
        Figures and judgement.
    lang
        Language of the charts; everything else is in both.
    """
    m = acceptance.measured
    months = f"{m.months.first:%Y-%m} – {m.months.last:%Y-%m}"
    institution = f"{m.name} ({m.institution})" if m.name else m.institution
    draft = (
        Text("（试运行，未入档）", " (dry run, not recorded)") if acceptance.draft else Text("", "")
    )
    return Document(
        Text("数据报送验收报告" + draft.zh, "Acceptance report of credit reporting" + draft.en),
        subtitle=Text(f"{institution}，{months}", f"{institution}, {months}"),
        meta=(
            (Text("报送机构", "Institution"), institution),
            (Text("验收月份", "Months"), months),
            (Text("验收日期", "Judged on"), acceptance.on),
            (Text("验收人", "Judged by"), acceptance.by),
            (Text("账户月度记录", "Account records"), m.accounts),
            (Text("结果", "Result"), RESULTS[acceptance.judgement.result]),
        ),
        created=acceptance.on,
        reference=acceptance.number,
        footer=Text("仅供报送机构和平台使用；不含个人信息",
                    "For the institution and the platform; no personal information"),
        blocks=(
            *_summary(acceptance),
            *month_blocks(m),
            *fill_blocks(m),
            *distribution_blocks(m, acceptance.thresholds, lang),
            *_rules(acceptance),
            *_checklist(acceptance),
            *_deviations(acceptance),
            Heading(Text("下一步", "What to do next")),
            Bullets(next_steps(acceptance.judgement.reasons), numbered=True),
            Heading(Text("阈值", "Thresholds")),
            Table(
                (Text("项目", "What"), Text("阈值", "Threshold"), Text("规则", "Rule"), Text("来源", "Whose")),
                threshold_rows(acceptance.thresholds),
                widths=(2.6, 2.6, 1.5, 1.4),
            ),
            Paragraph(
                Text("标为“我方设定”的阈值在规范资料中没有给出，由平台设定，可以调整。",
                     "Thresholds marked as ours stand in no paper; the platform sets them and may change them."),
                small=True,
            ),
            Heading(Text("术语", "Glossary")),
            KeyValues(GLOSSARY, columns=1),
            Heading(Text("指标摘要", "Digest of the figures")),
            Paragraph(acceptance.digest),
            Paragraph(
                Text("本报告全部指标的 SHA-256；相同的数据、原因和阈值得到相同的摘要和验收编号。",
                     "SHA-256 of all figures of this report; the same data, causes and thresholds give the same "
                     "digest and acceptance number."),
                small=True,
            ),
        ),
    )  # fmt: skip


def _summary(acceptance: Acceptance) -> tuple[Block, ...]:
    judgement = acceptance.judgement
    reasons = judgement.reasons
    blocks: list[Block] = [
        Heading(Text("结论", "Result")),
        Note(SUMMARY[judgement.result], _TONES[judgement.result], RESULTS[judgement.result]),
    ]
    if reasons:
        rows = tuple((f.rule_id, f.text, effect(f)) for f in reasons)
        blocks.append(
            Table(
                (Text("规则", "Rule"), Text("理由", "Reason"), Text("影响", "Effect")),
                rows,
                caption=Text(f"全部理由（{len(rows)} 条）", f"All reasons ({len(rows)})"),
                widths=(1.3, 6.2, 1.5),
            )
        )
    if judgement.unused:
        listed = ", ".join(judgement.unused)
        blocks.append(
            Note(Text(f"以下原因没有对应的偏差：{listed}", f"No deviation asked for these causes: {listed}"))
        )  # fmt: skip
    return tuple(blocks)


def _rules(acceptance: Acceptance) -> tuple[Block, ...]:
    m = acceptance.measured
    head = Heading(Text("规则命中", "Rule hits"))
    if not m.hits:
        return head, Paragraph(Text("没有规则命中。", "No rule was hit."))
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (h.rule_id, h.text, _CONTRACTS[h.contract], h.hits, h.waived, h.open) for h in m.hits
    )
    blocks: list[Block] = [
        head,
        Table(
            (Text("规则", "Rule"), Text("应当", "What must hold"), Text("记录", "Record"),
             Text("命中", "Hits"), Text("豁免", "Waived"), Text("未豁免", "Open")),
            rows, align=("left", "left", "left", "right", "right", "right"),
            widths=(1.2, 4.0, 2.1, 0.8, 1.0, 1.0),
        ),
    ]  # fmt: skip
    if m.waivers:
        waived = tuple((w.rule_id, w.count, w.by, w.on) for w in m.waivers)
        blocks.append(
            Table(
                (
                    Text("规则", "Rule"),
                    Text("豁免数", "Waived"),
                    Text("豁免人", "By"),
                    Text("日期", "On"),
                ),
                waived,
                caption=Text("豁免", "Waivers"),
                align=("left", "right", "left", "left"),
                widths=(1.3, 1.0, 2.0, 1.5),
            )
        )
    return tuple(blocks)


def _checklist(acceptance: Acceptance) -> tuple[Block, ...]:
    rows = tuple((e.rule_id, e.text, MARKS[e.mark], e.basis) for e in checklist(acceptance))
    return (
        Heading(Text("生成逻辑与程序核对", "Checklist of generation and procedures")),
        Table(
            (Text("规则", "Rule"), Text("要求", "Demand"), Text("状态", "State"), Text("依据", "Basis")),
            rows, widths=(1.1, 4.0, 1.6, 2.6),
        ),
        Paragraph(
            Text("GL-02、GL-07、XM-04 是程序性要求，由人确认，程序从不代为通过。",
                 "GL-02, GL-07 and XM-04 are procedures: people confirm them, no programme passes them."),
            small=True,
        ),
    )  # fmt: skip


def _deviations(acceptance: Acceptance) -> tuple[Block, ...]:
    found = [
        f
        for f in acceptance.judgement.findings
        if f.weight != "wanting" and (f.weight == "deviation" or f.rule_id[:2] == "DI" or f.cause)
    ]
    head = Heading(Text("偏差与原因（DI-07）", "Deviations and their causes (DI-07)"))
    if not found:
        return head, Paragraph(Text("没有需要判明原因的偏差。", "No deviation needs a cause."))
    pending = Text("待判定", "pending")
    rows = tuple(
        (f.key, f.text, CAUSE_NAMES[f.cause] if f.cause else pending, effect(f)) for f in found
    )
    return head, Table(
        (Text("规则和对象", "Rule and subject"), Text("偏差", "Deviation"), Text("原因", "Cause"),
         Text("影响", "Effect")),
        rows, widths=(2.1, 4.0, 1.7, 1.4),
    )  # fmt: skip
