"""Courts: dishonest debtors, enforcement, cases (法院)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from data_contracts.contract import About, Compare, Contract
from data_contracts.government.bureaux import COURT
from data_contracts.government.shapes import public
from data_contracts.government.subject import PublicSubject


class JudicialSubject(PublicSubject):
    """Whom a court's record is about: an enterprise or a natural person, the latter masked."""

    person_name: str | None = public.person_name("自然人姓名", "Name of the person")
    case_no: str = public.text("案号", "Case number", 100)
    court: str | None = public.text("法院", "Court", 100)
    area_code: str | None = public.area()


class DishonestDebtor(JudicialSubject, Contract):
    """A debtor on the courts' list of those who could perform a judgment and do not."""

    about: ClassVar[About] = About(
        name="dishonest_debtor",
        version="1.1",
        title_zh="失信被执行人",
        title_en="Dishonest judgment debtor",
        **COURT,
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("subject_id", "case_no"),
        event="published_on",
        end="removed_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C04-1",
        latency_days=1,
        used_in=("rule", "match", "score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "published_on", "<=", "removed_on",
            "删除日期不早于发布日期", "A debtor is removed no earlier than published",
        ),
        Compare(
            "filed", "filed_on", "<=", "published_on",
            "发布日期不早于立案日期", "A debtor is published no earlier than the case was filed",
        ),
    )  # fmt: skip

    published_on: date = public.day("发布日期", "Published on")
    filed_on: date | None = public.day("立案日期", "Case filed on")
    basis_no: str | None = public.text("执行依据文号", "Number of the judgment", 100)
    obligation: str | None = public.text(
        "生效法律文书确定的义务", "Obligation", 4000, personal=True
    )
    performance: str | None = public.code(
        "履行情况",
        "Performance",
        {
            "none": ("全部未履行", "Nothing performed"),
            "partly": ("部分未履行", "Performed in part"),
            "full": ("已履行", "Performed"),
        },
    )
    conduct: str | None = public.code(
        "失信行为情形",
        "Conduct",
        {
            "able": ("有履行能力而拒不履行", "Able to perform and refuses"),
            "obstructs": ("妨碍、抗拒执行", "Obstructs the enforcement"),
            "evades": ("规避执行", "Evades the enforcement"),
            "false_report": ("违反财产报告制度", "Does not report property"),
            "consumption": ("违反限制消费令", "Breaks a consumption order"),
            "settlement": ("无正当理由拒不履行执行和解协议", "Breaks a settlement"),
            "other": ("其他", "Other"),
        },
    )
    amount_cents: int | None = public.cents("未履行金额", "Amount not performed")
    removed_on: date | None = public.day("删除（屏蔽）日期", "Removed on")


class Enforcement(JudicialSubject, Contract):
    """An enforcement against a debtor, or an order that limits his consumption."""

    about: ClassVar[About] = About(
        name="enforcement",
        version="1.1",
        title_zh="被执行人与限制消费信息",
        title_en="Enforcement and consumption order",
        **COURT,
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("subject_id", "case_no", "kind"),
        event="filed_on",
        end="closed_on",
        negative=True,
        retention_years=5,
        frequency_zh="每日",
        frequency_en="daily",
        sensitivity="public",
        catalogue_id="C04-2",
        latency_days=1,
        used_in=("score", "rule", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "filed_on", "<=", "closed_on",
            "结案日期不早于立案日期", "A case is closed no earlier than it was filed",
        ),
        Compare(
            "unperformed", "unperformed_cents", "<=", "amount_cents",
            "未履行金额不超过执行标的", "What is not performed is at most the amount", "REVIEW",
        ),
    )  # fmt: skip

    kind: str = public.code(
        "种类",
        "Kind",
        {
            "enforcement": ("被执行", "Enforcement"),
            "consumption": ("限制消费", "Consumption order"),
            "no_assets": ("终结本次执行", "Suspended for lack of assets"),
        },
    )
    filed_on: date = public.day("立案日期", "Filed on")
    amount_cents: int | None = public.cents("执行标的", "Amount enforced")
    unperformed_cents: int | None = public.cents("未履行金额", "Amount not performed")
    closed_on: date | None = public.day("结案或解除日期", "Closed on")


class CourtCase(JudicialSubject, Contract):
    """A filing, hearing, judgment or bankruptcy in which the subject has a part."""

    about: ClassVar[About] = About(
        name="court_case",
        version="1.1",
        title_zh="立案、裁判与破产信息",
        title_en="Court case",
        **COURT,
        subject_kinds=("enterprise", "sole_trader", "farmer", "individual"),
        key=("subject_id", "case_no", "kind"),
        event="announced_on",
        end="closed_on",
        negative=True,
        retention_years=5,
        frequency_zh="每周",
        frequency_en="weekly",
        sensitivity="public",
        catalogue_id="C04-3",
        latency_days=7,
        used_in=("score", "report", "monitor"),
    )
    rules: ClassVar[tuple[Compare, ...]] = (
        Compare(
            "order", "announced_on", "<=", "closed_on",
            "结案日期不早于公布日期", "A case is closed no earlier than it was announced", "REVIEW",
        ),
    )  # fmt: skip

    kind: str = public.code(
        "种类",
        "Kind",
        {
            "filing": ("立案", "Filing"),
            "hearing": ("开庭公告", "Notice of a hearing"),
            "judgment": ("裁判文书", "Judgment"),
            "bankruptcy": ("破产重整与清算", "Bankruptcy"),
        },
    )
    announced_on: date = public.day(
        "立案、开庭或裁判日期", "Date", description="Of the filing, the hearing or the judgment."
    )
    role: str | None = public.code(
        "诉讼地位",
        "Role",
        {
            "plaintiff": ("原告、申请人", "Plaintiff"),
            "defendant": ("被告、被申请人", "Defendant"),
            "third": ("第三人", "Third party"),
        },
    )
    cause: str | None = public.text("案由", "Cause of action", 200)
    amount_cents: int | None = public.cents("涉案金额", "Amount in dispute")
    outcome: str | None = public.code(
        "对本主体的结果",
        "Outcome for the subject",
        {
            "won": ("胜诉", "Won"),
            "partly": ("部分胜诉", "Won in part"),
            "lost": ("败诉", "Lost"),
            "settled": ("调解、和解", "Settled"),
            "withdrawn": ("撤诉", "Withdrawn"),
            "pending": ("未结", "Pending"),
            "other": ("其他", "Other"),
        },
    )
    closed_on: date | None = public.day("结案日期", "Closed on")
