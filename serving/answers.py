"""Forms of the answers, for OpenAPI and for clients; the services compose the answers themselves.

A test holds every real answer against these forms, so that neither can drift.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of the answers: nothing beyond what is declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class BothTexts(Answer):
    """A text in Chinese and in English."""

    zh: str
    en: str


class ContributionAnswer(Answer):
    """Score points of one table: one feature, or a pair."""

    features: list[str]
    values: list[float | int | str | bool | None]
    points: float = Field(description="Score points; negative lowered the score.")


class ReasonAnswer(Answer):
    """A theme that lowered (raised) the score against the reference, with the inputs that carry it."""

    code: str = Field(description="Stable.", examples=["R-ARREARS"])
    theme: str
    features: list[str]
    values: list[float | int | str | bool | None]
    usual: list[float | int | str | bool | None] = Field(
        description="What applicants just above the cut-off usually have."
    )
    points: float = Field(description="Score points of the theme against the reference.")
    text_zh: str
    text_en: str


class ReferenceAnswer(Answer):
    """Whom reasons are told against: training rows just above the cut-off."""

    cut_off: int = Field(description="Published score from which a row counts as approved; ours.")
    margin: float = Field(description="Unrounded score of the reference.")
    rows: int
    note_zh: str
    note_en: str


class FollowAnswer(Answer):
    """What moves along with a change."""

    feature: str
    before: float | int | str | bool | None
    after: float | int | str | bool | None


class ChangeAnswer(FollowAnswer):
    """One thing to change."""

    follows: list[FollowAnswer]
    effort: float
    months: int
    text_zh: str
    text_en: str


class RecourseAnswer(Answer):
    """What would reach the cut-off with the least effort, verified by scoring again."""

    outcome: str = Field(description="enough, reachable or out_of_reach.")
    target: int
    reached: int = Field(description="Score after the changes.")
    effort: float = Field(description="In the units of the declared actions; ours.")
    months: int = Field(description="How long the slowest change takes.")
    proved: bool = Field(description="Proved that no smaller effort does.")
    text_zh: str
    text_en: str
    changes: list[ChangeAnswer]
    note_zh: str
    note_en: str


class PartAnswer(Answer):
    """A part of a rate, or a cap of a limit."""

    code: str
    value: float
    zh: str
    en: str


class StatementAnswer(Answer):
    """Why no limit is suggested."""

    code: str
    text_zh: str
    text_en: str


class CreditAnswer(Answer):
    """A suggested limit and rate band by formulas of our own; no promise."""

    outcome: str = Field(description="offer, refused, or unknown: the income is not known.")
    limit: float
    instalment: float = Field(description="Monthly, on the limit at the upper rate.")
    binding: str | None = Field(description="Code of the cap that gives the limit.")
    rate_low: float = Field(description="Yearly; the sum of its parts.")
    rate_high: float
    rate_parts: list[PartAnswer]
    caps: list[PartAnswer]
    statements: list[StatementAnswer]
    note_zh: str
    note_en: str


class ModelAnswer(Answer):
    """Which model answered."""

    name: str
    version: str


class FlagsAnswer(Answer):
    """Marks on a score."""

    informational: bool = Field(description="Recomputed for a given day: never a decision.")
    clipped: bool = Field(description="The margin lay outside the published range.")


class ScaleAnswer(Answer):
    """The score scale; its numbers are ours."""

    low: int
    high: int
    score_at: float
    odds_at: float
    points_to_double: float
    note_zh: str
    note_en: str


class QualityAnswer(Answer):
    """How complete the inputs were."""

    inputs: int
    missing: int
    missing_features: list[str]


class ScoreAnswer(Answer):
    """Answer of POST /v1/scores. ``base`` plus all ``points`` is ``margin``."""

    score_id: str = Field(examples=["scr_019c11488c00a1b2c3d4e5f60718293a"])
    score: int = Field(description="Higher is better; the scale is ours.", examples=[648])
    grade: str = Field(examples=["BBB"])
    grade_zh: str
    grade_en: str
    probability_of_default: float = Field(ge=0, le=1)
    margin: float = Field(description="Unrounded, unclipped score.")
    log_odds: float = Field(description="Calibrated log odds of default.")
    base: float
    contributions: list[ContributionAnswer]
    reasons: list[ReasonAnswer] = Field(max_length=4)
    helpful: list[ReasonAnswer] = Field(max_length=4)
    reference: ReferenceAnswer | None
    recourse: RecourseAnswer | None = Field(None, description="Only where it was asked for.")
    credit_line: CreditAnswer | None = Field(None, description="Only where it was asked for.")
    model: ModelAnswer
    as_of: str
    flags: FlagsAnswer
    scale: ScaleAnswer
    vector_digest: str
    data_quality: QualityAnswer
    disclaimer: BothTexts


class ProductAnswer(Answer):
    """What a lender was seen to serve: drawn from its past loans, no offer of its own."""

    id: str
    institution: str
    name_zh: str
    name_en: str
    loans: int = Field(description="Loans within five years before the version's day.")
    amount_low: float
    amount_high: float
    facts: list[BothTexts]
    label_zh: str
    label_en: str


class RuleAnswer(Answer):
    """An eligibility rule that is failed, or open until somebody settles it."""

    rule_id: str
    field: str
    ask: str | None = Field(description="Who can settle it: borrower or lender.")
    text_zh: str
    text_en: str


class MatchReasonAnswer(Answer):
    """Why a product stands where it is."""

    code: str
    points: float
    text_zh: str
    text_en: str


class GroupAnswer(Answer):
    """What one group of inputs adds to the ranking score."""

    group: str
    points: float


class OfferAnswer(Answer):
    """A product in its place."""

    rank: int
    product: ProductAnswer
    eligibility: str = Field(description="eligible, or conditional: something is not known.")
    open_questions: list[RuleAnswer]
    reasons: list[MatchReasonAnswer]
    ranking_score: float | None = Field(description="Only differences within one answer count.")
    base: float | None
    contributions: list[GroupAnswer]


class RefusedAnswer(Answer):
    """A product that does not fit, with every rule it fails."""

    product: ProductAnswer
    failing: list[RuleAnswer]


class RecommendationAnswer(Answer):
    """Answer of POST /v1/recommendations."""

    recommendation_id: str
    items: list[OfferAnswer]
    not_eligible: list[RefusedAnswer] = Field(
        description="The lenders most active around the borrower among those that fail a rule."
    )
    personalised: bool
    amount: float | None
    currency: str | None
    model: ModelAnswer | None
    as_of: str
    note_zh: str | None
    note_en: str | None
    disclaimer: BothTexts


class LinksAnswer(Answer):
    """Where the report can be read."""

    html: str
    pdf: str


class ReportAnswer(Answer):
    """Answer of POST /v1/reports."""

    report_id: str
    score_id: str
    recommendation_id: str | None
    score: int
    grade: str
    as_of: str
    language: str
    links: LinksAnswer
    sha256: LinksAnswer
    disclaimer: BothTexts


class BankDecisionAnswer(Answer):
    """Answer of POST /v1/scores/{score_id}/decision: what is kept."""

    score_id: str
    decision: str
    method: str
    decided_on: str
    amount_cents: int | None
    rate_bp: int | None
    term_months: int | None
    reasons: list[str]
    account_no: str | None
    opened_on: str | None
    consent_no: str | None


class OutcomeAnswer(Answer):
    """Answer of POST /v1/accounts/{account_no}/outcome: what is kept."""

    account_no: str
    status: str
    outcome_on: str
    loss_cents: int | None


class HealthAnswer(Answer):
    """Answer of GET /healthz."""

    status: str


class ReadyAnswer(Answer):
    """Answer of GET /readyz."""

    status: str
    models: dict[str, str]
    reasons: list[str]


class FieldProblem(Answer):
    """One field at fault."""

    field: str
    detail: str
    detail_zh: str


class ProblemAnswer(Answer):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    title_zh: str
    detail_zh: str
    request_id: str
    errors: list[FieldProblem] | None = None


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemAnswer"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {
    401: _problem("未提供有效密钥 No valid API key"),
    404: _problem("未找到该主体 Unknown subject"),
    413: _problem("请求体过大 Body too large"),
    415: _problem("请求体不是 JSON The body is not JSON"),
    422: _problem("请求内容不符合要求 The request is not valid; the fields are named"),
    503: _problem("模型或数据库尚未就绪 A model or the database is not ready"),
}
