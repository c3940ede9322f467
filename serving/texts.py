"""Sentences that stand in answers, pages and reports alike, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Both(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in a language."""
        return self.en if language == "en" else self.zh


DISCLAIMER = Both(
    "本结果依据截至评分日已收到的记录计算，仅供参考，不构成授信承诺；最终决定由使用机构人工作出。"
    "信息主体有权要求说明、提出异议，并可拒绝仅凭自动化评分作出的决定。",
    "This result is computed from the records received by its as-of date. It is for reference and "
    "promises no credit; people at the using institution decide. The subject may ask for an "
    "explanation, object, and refuse a decision made by an automated score alone.",
)

SCALE_NOTE = Both(
    "评分刻度由本项目自行设定：600 分对应 30:1 的好坏比，每增加 40 分好坏比翻倍，范围 300–900，越高越好。",
    "The scale is ours: 600 points mean odds of 30 good to 1 bad, 40 points double the odds, "
    "range 300 to 900, higher is better.",
)

REFERENCE_NOTE = Both(
    "原因与有利因素均与“刚达到通过线的申请人”相比；通过线由本项目自行设定，并非任何机构的审批标准。",
    "Reasons and helpful factors compare with applicants just above the cut-off. The cut-off is ours and no "
    "institution's standard of approval.",
)

EFFORT_NOTE = Both(
    "建议只涉及可以改变的项目，已用同一模型重新评分验证；所需努力与时间由本项目自行设定。其他情况变化时结果可能不同，"
    "不构成授信承诺。",
    "Advice touches only what can be changed and was verified by scoring again with the same model. Efforts and "
    "times are ours. When other things change the result may differ; it promises no credit.",
)

OFFERS_DISCLAIMER = Both(
    "产品由机构历史放款记录归纳而来，并非机构的正式要约；能否获批及金额、利率由机构决定。",
    "Products are drawn from lenders' past loans and are no offer of theirs; whether, how much and at what "
    "rate they lend is theirs to decide.",
)
