"""Bodies of requests: pydantic models with strict JSON types, and field errors in both languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from serving.errors import FieldError, InvalidRequest

Kind = Literal["enterprise", "sole_trader", "farmer", "individual"]
Purpose = Literal[
    "LOAN_APPROVAL",
    "CARD_APPROVAL",
    "GUARANTOR_REVIEW",
    "POST_LOAN",
    "SELF",
    "JUDICIAL",
    "OBJECTION",
    "SUPERVISION",
]
Language = Literal["zh", "en"]
EARLIEST = date(1949, 10, 1)

PURPOSES: dict[Purpose, tuple[str, str]] = {
    "LOAN_APPROVAL": ("贷款审批", "Loan approval"),
    "CARD_APPROVAL": ("信用卡审批", "Card approval"),
    "GUARANTOR_REVIEW": ("担保人审查", "Guarantor review"),
    "POST_LOAN": ("贷后管理", "Post-loan management"),
    "SELF": ("本人查询", "Own enquiry"),
    "JUDICIAL": ("司法查询", "Judicial enquiry"),
    "OBJECTION": ("异议处理", "Objection handling"),
    "SUPERVISION": ("监督管理", "Supervision"),
}
KINDS: dict[Kind, tuple[str, str]] = {
    "enterprise": ("企业", "Enterprise"),
    "sole_trader": ("个体工商户", "Sole trader"),
    "farmer": ("农户", "Farmer"),
    "individual": ("个人", "Individual"),
}


def _printable(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise ValueError("printable")
    return value


SubjectId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        description="Id under which the supplier reports the subject: 1 to 64 printable characters.",
        examples=["SBA-1000014003"],
    ),
    AfterValidator(_printable),
]


class Body(BaseModel):
    """Base of the request bodies: frozen, strict, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Subject(Body):
    """Whom the request is about."""

    kind: Kind = Field(description="Kind of subject.", examples=["enterprise"])
    id: SubjectId


def _money(description: str, **more: Any) -> Any:
    return Field(ge=0, le=1e12, allow_inf_nan=False, description=description, **more)


class CreditBody(Body):
    """For which a limit and a rate are to be suggested; money in units of the portfolio's currency."""

    amount: float = Field(
        gt=0, le=1e12, allow_inf_nan=False, description="Amount asked for.", examples=[50000]
    )
    months: int = Field(12, ge=1, le=360, description="Term, in equal monthly instalments.")
    monthly_income: float | None = _money(
        "Income of a person, or cash flow of a firm after its running costs; null: not known.",
        default=None,
    )
    monthly_debt: float = _money("Repayments on loans that there are.", default=0.0)
    consumer: bool = Field(False, description="A consumer loan to a person: REG-51's cap holds.")
    security: Literal["unsecured", "guaranteed", "movables", "real_estate"] = Field(
        "unsecured", description="Gives the loss given default."
    )
    product_cap: float | None = _money("Largest amount of the product.", default=None)
    group_limit: float | None = _money("Unified credit line of the borrower's group.", default=None)
    group_exposure: float = _money("What is drawn of that line.", default=0.0)


class ScoreRequest(Body):
    """Body of POST /v1/scores."""

    subject: Subject
    purpose: Purpose = Field(description="Why the subject is queried.", examples=["LOAN_APPROVAL"])
    as_of: date | None = Field(
        None,
        ge=EARLIEST,
        description="Recompute as of this day (YYYY-MM-DD), for information only; never a decision.",
    )
    recourse: bool = Field(
        False,
        description="Also say what the subject could change, with the least effort, to reach the cut-off.",
    )
    recourse_target: int | None = Field(
        None,
        ge=0,
        le=10_000,
        description="The institution's own cut-off for `recourse`, on the score scale; the model's if absent.",
    )
    credit: CreditBody | None = Field(
        None, description="Also suggest a limit and a rate band, by formulas of our own."
    )


class RecommendationRequest(Body):
    """Body of POST /v1/recommendations."""

    subject: Subject
    purpose: Purpose = Field(description="Why the subject is queried.", examples=["LOAN_APPROVAL"])
    amount: float | None = Field(
        None,
        gt=0,
        le=1e12,
        allow_inf_nan=False,
        description="Amount sought, in units of the portfolio's currency; the subject's last application if absent.",
        examples=[150000],
    )
    k: int | None = Field(None, ge=1, le=50, description="How many products at most.")
    personalised: bool = Field(
        True,
        description="False: order by eligibility and a neutral key, without the ranking model.",
    )


class ReportRequest(Body):
    """Body of POST /v1/reports."""

    subject: Subject
    purpose: Purpose = Field(description="Why the subject is queried.", examples=["LOAN_APPROVAL"])
    language: Language = Field("zh", description="Language of the links in the answer.")


Number = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,40}$", examples=["LN-2026-0001"])]
Cents = Annotated[int, Field(ge=0, le=10**15)]


class BankDecisionRequest(Body):
    """Body of POST /v1/scores/{score_id}/decision: what the bank decided on a score."""

    decision: Literal["approved", "rejected", "withdrawn"] = Field(
        description="Withdrawn: by the applicant."
    )
    method: Literal["human", "automatic", "assisted"] = Field(
        description="Assisted: by a person on a proposal of a system."
    )
    decided_on: date = Field(ge=EARLIEST, description="Day of the decision.")
    amount_cents: Cents | None = Field(None, description="Approved amount, in minor units.")
    rate_bp: int | None = Field(None, ge=0, le=100_000, description="Yearly rate, basis points.")
    term_months: int | None = Field(None, ge=1, le=600, description="Approved term.")
    reasons: tuple[Annotated[str, Field(pattern="^[A-Za-z0-9_.-]{1,60}$")], ...] = Field(
        (), max_length=20, strict=False, description="Reason codes, the heaviest first (REG-46)."
    )
    account_no: Number | None = Field(None, description="Of the loan, where one was opened.")
    opened_on: date | None = Field(None, ge=EARLIEST, description="Day on which it was opened.")
    consent_no: Number | None = Field(
        None, description="Of the subject's consent, where it is a natural person (REG-01)."
    )


class OutcomeRequest(Body):
    """Body of POST /v1/accounts/{account_no}/outcome: how a loan ended or stands."""

    status: Literal["PERFORMING", "PAID_IN_FULL", "DEFAULTED", "CHARGED_OFF"]
    outcome_on: date = Field(ge=EARLIEST, description="Day of the outcome, or of the observation.")
    loss_cents: Cents | None = Field(None, description="Amount charged off.")


B = TypeVar("B", bound=Body)

_FORMS: dict[str, tuple[str, str]] = {
    "missing": ("缺少此项", "this field is required"),
    "extra_forbidden": ("不接受此项", "this field is not known"),
    "json_invalid": ("不是有效的 JSON", "this is not valid JSON"),
    "model_type": ("应为 JSON 对象", "a JSON object is expected"),
    "model_attributes_type": ("应为 JSON 对象", "a JSON object is expected"),
    "string_type": ("应为字符串", "a string is expected"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("过长，最多 64 个字符", "too long: at most 64 characters"),
    "string_pattern_mismatch": (
        "含有不允许的字符或过长",
        "has characters that are not allowed, or is too long",
    ),
    "too_long": ("项数过多", "too many items"),
    "tuple_type": ("应为数组", "an array is expected"),
    "string_unicode": ("不是有效的 Unicode 文本", "this is not valid Unicode text"),
    "value_error": (
        "只能包含可见字符，首尾不得有空格",
        "only printable characters, without blanks at either end",
    ),
    "bool_type": ("应为 true 或 false", "true or false is expected"),
    "int_type": ("应为整数", "an integer is expected"),
    "float_type": ("应为数字", "a number is expected"),
    "finite_number": ("应为有限的数字", "a finite number is expected"),
    "date_type": ("应为日期 YYYY-MM-DD", "a date YYYY-MM-DD is expected"),
    "date_parsing": ("应为日期 YYYY-MM-DD", "a date YYYY-MM-DD is expected"),
    "date_from_datetime_parsing": ("应为日期 YYYY-MM-DD", "a date YYYY-MM-DD is expected"),
}


def parse(model: type[B], raw: bytes) -> B:
    """Read a request body.

    Raises
    ------
    InvalidRequest
        Naming each field at fault and the form expected; what was sent is not repeated.
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    fields = tuple(_field_error(e["type"], e["loc"], e.get("ctx", {})) for e in found[:20])
    names_zh, names_en = "、".join(f.field for f in fields), ", ".join(f.field for f in fields)
    raise InvalidRequest(f"Not valid: {names_en}.", f"以下内容不符合要求：{names_zh}。", fields)


def _field_error(kind: str, loc: tuple[int | str, ...], context: dict[str, Any]) -> FieldError:
    # The body's own fields are safe to name; an unknown key is the caller's text and is cut and cleaned.
    parts = [re.sub(r"[^\w.-]", "?", str(part))[:40] for part in loc] or ["body"]
    zh, en = _FORMS.get(kind, ("格式不符", "this has not the expected form"))
    if kind == "literal_error":
        listed = context["expected"].replace(" or ", ", ")
        zh, en = f"应为 {listed} 之一", f"expected: {context['expected']}"
    elif kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        sign = {
            "greater_than_equal": ("ge", "≥"),
            "greater_than": ("gt", ">"),
            "less_than_equal": ("le", "≤"),
            "less_than": ("lt", "<"),
        }[kind]
        zh, en = f"应 {sign[1]} {context[sign[0]]}", f"must be {sign[1]} {context[sign[0]]}"
    return FieldError(".".join(parts), zh, en)
