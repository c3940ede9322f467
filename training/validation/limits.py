"""Limits of use, and where each clause of the rules is answered.

Articles of rules marked [MEM] in the project's reference are quoted from memory; they are shown as a map for
the reviewer, not as law.
"""

from __future__ import annotations

from data_contracts.documents import Block, Bullets, Paragraph, Table, Text
from training.validation.evidence import Evidence, Section

CLAUSES: tuple[tuple[Text, Text, tuple[str, ...]], ...] = (
    (
        Text("征信业务管理办法（人民银行）：使用前内部测试与验证，规则可解释、来源可追溯",
             "Measures for credit reporting business (PBOC): tested and validated before use, "
             "explainable, traceable"),
        Text("区分度、校准、形状与方向、理由", "Discrimination, calibration, shapes, reasons"),
        ("discrimination", "calibration", "shapes", "reasons"),
    ),
    (
        Text("征信业务管理办法：不得使用与信用无关的要素",
             "Measures for credit reporting business: no elements unrelated to credit"),
        Text("证书：无禁用变量", "Certificate: no prohibited input"),
        ("shapes",),
    ),
    (
        Text("个人信息保护法第二十四条：自动化决策公平、不得不合理差别待遇",
             "Personal Information Protection Law, article 24: fair automated decisions, no unreasonable "
             "difference"),
        Text("公平性", "Fairness"),
        ("fairness",),
    ),
    (
        Text("个人信息保护法第五十五、五十六条：事前影响评估",
             "Personal Information Protection Law, articles 55 and 56: impact assessment beforehand"),
        Text("上线门槛要求影响评估编号", "The gates of promotion ask for the number of the assessment"),
        (),
    ),
    (
        Text("商业银行互联网贷款管理办法（金融监管总局）：正常与压力情形下的有效性与稳定性",
             "Measures for internet lending (NFRA): validity and stability in normal and stressed conditions"),
        Text("稳定性、敏感性与压力测试", "Stability, sensitivity and stress"),
        ("stability", "stress"),
    ),
    (
        Text("商业银行互联网贷款管理办法：开发与评审分离、持续监测、退出",
             "Measures for internet lending: development apart from review, monitoring, exit"),
        Text("登记册的状态与门槛；月度监测", "States and gates of the registry; monthly monitoring"),
        (),
    ),
    (
        Text("欧盟人工智能法第9、10、13、15条：风险管理、数据治理、透明、准确与稳健",
             "EU AI Act, articles 9, 10, 13, 15: risk management, data governance, transparency, "
             "accuracy and robustness"),
        Text("样本、形状、区分度、压力、使用限制", "Population, shapes, discrimination, stress, limits of use"),
        ("population", "shapes", "discrimination", "stress"),
    ),
)  # fmt: skip


def limits(evidence: Evidence, sections: tuple[Section, ...]) -> Section:
    """What the sample allows to say, what it does not, and the clause map."""
    sample = evidence.sample
    bads = int(sample.bad.sum())
    items = [
        Text(
            "结论只适用于与样本相同的客群、产品和时期；其他客群须另行验证。",
            "What is said holds for customers, products and times like the sample's; others need a "
            "validation of their own.",
        ),
        Text(
            "样本只含获批并有结果的申请；被拒申请人的表现未知。",
            "The sample holds approved applications with an outcome; how the refused would have done is not known.",
        ),
        Text(
            "分数供参考，不替代硬性规则和人工复核。",
            "A score informs; it replaces neither hard rules nor review by a person.",
        ),
    ]
    if bads < 100:
        items.insert(
            0,
            Text(
                f"样本只有 {bads} 个坏客户：区间宽，分组结论不可靠。",
                f"The sample holds {bads} bads only: intervals are wide, and groups tell little.",
            ),
        )
    if sample.on is None:
        items.append(
            Text(
                "没有日期，未作时间外检验。",
                "There are no days, so nothing was tested out of time.",
            )
        )
    if evidence.simulated:
        items.insert(
            0,
            Text(
                "全部数据为模拟数据，任何结论都不适用于真实客户。",
                "All data are simulated; nothing said here holds for real customers.",
            ),
        )
    empty = [s.title for s in sections if not s.figures]
    if empty:
        items.append(
            Text(
                "未检验：" + "、".join(t.zh for t in empty) + "。",
                "Not tested: " + ", ".join(t.en.lower() for t in empty) + ".",
            )
        )
    done = {s.id for s in sections if s.figures}
    blocks: tuple[Block, ...] = (
        Bullets(tuple(items)),
        Table(
            (
                Text("条款", "Clause"),
                Text("对应部分", "Answered by"),
                Text("本报告", "This report"),
            ),
            tuple((clause, where, _covered(needs, done)) for clause, where, needs in CLAUSES),
            caption=Text("条款对照", "Clause map"),
            widths=(4.6, 3.0, 1.4),
        ),
        Paragraph(
            Text(
                "对照由项目整理，供复核人查找；条款文字为摘要，以正式文本为准。",
                "The map is the project's own, for the reviewer; clauses are summaries, the official "
                "texts prevail.",
            ),
            small=True,
        ),
    )
    return Section(
        "limits",
        Text("使用限制与条款对照", "Limits of use and clause map"),
        {
            "limits": [{"zh": t.zh, "en": t.en} for t in items],
            "clauses": [
                {
                    "zh": clause.zh,
                    "en": clause.en,
                    "sections": list(needs),
                    "covered": set(needs) <= done,
                }
                for clause, _, needs in CLAUSES
            ],
        },
        blocks,
    )


def _covered(needs: tuple[str, ...], done: set[str]) -> Text:
    if not needs:
        return Text("在登记册", "in the registry")
    if set(needs) <= done:
        return Text("是", "yes")
    return Text("部分", "in part") if set(needs) & done else Text("否", "no")
