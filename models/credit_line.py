"""A suggested limit and rate band from risk, capacity and caps. 额度与利率建议:公式与参数均由本项目自行设定。

No law and no lender gives these formulas; they are ours, and every number is a setting. The rate is what a loan costs:
expected loss, funding, operating costs, margin. The limit is the least of what is asked for, what the product, the law
and the group's unified credit line (统一授信) leave, and what the borrower can repay. Money is counted in whole cents,
rates in exact decimals, and every step keeps the order: a better applicant never gets a lower limit, a higher rate or a
refusal where a worse one gets an offer.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Security = Literal["unsecured", "guaranteed", "movables", "real_estate"]
Outcome = Literal["offer", "refused", "unknown"]

NOTE = (
    "额度与利率公式及全部参数由本项目自行设定，仅供参考，不构成授信承诺。",
    "The formulas of limit and rate and all their numbers are ours, for reference; they promise no credit.",
)


class CreditLineSettings(BaseModel):
    """Numbers of the formulas; all of them ours.

    Attributes
    ----------
    refuse_above
        Probability of default above which nothing is offered.
    funding, operating, margin
        Yearly shares of the amount; with the expected loss they make the rate.
    band
        Width of the rate band: the lower end covers the costs.
    ceiling
        Highest yearly rate that is ever offered; a price above it is a refusal.
    rate_step
        Rates are rounded up to it.
    loss_given_default
        Share that is lost of a loan in default, by security.
    burden
        Largest share of the monthly income that may go to repayments, at no risk. It falls evenly to nothing at
        `refuse_above`.
    consumer_cap_cents
        Largest consumer loan to one person of one lender (REG-51).
    least_cents, amount_step_cents
        Smallest loan; limits are rounded down to the step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refuse_above: Decimal = Field(Decimal("0.20"), gt=0, le=Decimal("0.5"))
    funding: Decimal = Field(Decimal("0.022"), ge=0, lt=1)
    operating: Decimal = Field(Decimal("0.012"), ge=0, lt=1)
    margin: Decimal = Field(Decimal("0.008"), ge=0, lt=1)
    band: Decimal = Field(Decimal("0.01"), ge=0, lt=1)
    ceiling: Decimal = Field(Decimal("0.18"), gt=0, lt=1)
    rate_step: Decimal = Field(Decimal("0.0005"), gt=0, lt=1)
    loss_given_default: dict[Security, Decimal] = {
        "unsecured": Decimal("0.60"),
        "guaranteed": Decimal("0.45"),
        "movables": Decimal("0.40"),
        "real_estate": Decimal("0.25"),
    }
    burden: Decimal = Field(Decimal("0.45"), gt=0, le=1)
    consumer_cap_cents: int = Field(20_000_000, ge=0)
    least_cents: int = Field(100_000, ge=1)
    amount_step_cents: int = Field(10_000, ge=1)


class CreditAsk(BaseModel):
    """What is asked for, and what is known of the borrower.

    Attributes
    ----------
    amount_cents, months
        Amount and term; repaid in equal monthly instalments.
    monthly_income_cents
        Income of a person, or cash flow of a firm after its running costs; None = not known.
    monthly_debt_cents
        Repayments on loans that there are already.
    consumer
        A consumer loan to a person: the consumer cap holds.
    security
        What secures it; gives the loss given default unless `loss_given_default` is known.
    product_cap_cents
        Largest amount of the product; None = no cap.
    group_limit_cents, group_exposure_cents
        Unified credit line of the borrower's group and what is drawn of it; None = no line is set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount_cents: int = Field(ge=1, le=10**15)
    months: int = Field(12, ge=1, le=360)
    monthly_income_cents: int | None = Field(None, ge=0, le=10**15)
    monthly_debt_cents: int = Field(0, ge=0, le=10**15)
    consumer: bool = False
    security: Security = "unsecured"
    loss_given_default: Decimal | None = Field(None, ge=0, le=1)
    product_cap_cents: int | None = Field(None, ge=0)
    group_limit_cents: int | None = Field(None, ge=0)
    group_exposure_cents: int = Field(0, ge=0)


class Part(NamedTuple):
    """A named amount or rate with its titles."""

    code: str
    value: Decimal
    zh: str
    en: str


class Statement(NamedTuple):
    """Why nothing is offered, or what must be known first."""

    code: str
    zh: str
    en: str


class CreditLine(NamedTuple):
    """The suggestion.

    Attributes
    ----------
    outcome
        ``offer``, ``refused`` or ``unknown`` (the income is not known).
    limit_cents, instalment_cents
        Limit, and the monthly instalment on it at the upper rate; 0 without an offer.
    binding
        Code of the cap that gives the limit; empty without an offer.
    rate_low, rate_high
        Yearly rates, also shown where the limit is what fails.
    rate_parts, caps
        What the lower rate is made of (its rounding included), and every cap in cents.
    statements
        Why not.
    note_zh, note_en
        That the formulas are ours.
    """

    outcome: Outcome
    limit_cents: int
    instalment_cents: int
    binding: str
    rate_low: Decimal
    rate_high: Decimal
    rate_parts: tuple[Part, ...]
    caps: tuple[Part, ...]
    statements: tuple[Statement, ...]
    note_zh: str = NOTE[0]
    note_en: str = NOTE[1]


def suggest(
    probability: float | Decimal, ask: CreditAsk, settings: CreditLineSettings | None = None
) -> CreditLine:
    """Suggest a limit and a rate band.

    Parameters
    ----------
    probability
        Calibrated probability of default within a year, 0 to 1.
    ask, settings
        What is asked for; the numbers.

    Raises
    ------
    ValueError
        When the probability is not within 0 and 1.

    Examples
    --------
    >>> line = suggest(0.02, CreditAsk(amount_cents=5_000_000, months=12, monthly_income_cents=1_000_000))
    >>> line.outcome, line.limit_cents, str(line.rate_low), line.binding
    ('offer', 4690000, '0.054', 'capacity')
    """
    if not 0 <= probability <= 1:
        raise ValueError("The probability of default must lie within 0 and 1.")
    settings = settings or CreditLineSettings()
    with localcontext() as context:
        context.prec = 40
        risk = Decimal(probability).quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
        rate_parts = _rate_parts(risk, ask, settings)
        low = sum((part.value for part in rate_parts), Decimal(0)).normalize()
        high = min(low + settings.band, max(settings.ceiling, low))
        statements = _refusals(risk, low, settings)
        caps = _caps(risk, high, ask, settings)
        if ask.monthly_income_cents is None:
            statements += (_UNKNOWN,)
        tightest = min(caps, key=lambda cap: cap.value)
        limit = _down(tightest.value, settings.amount_step_cents)
        if limit < settings.least_cents and ask.monthly_income_cents is not None:
            statements += (_too_small(tightest),)
        outcome: Outcome = "offer"
        if statements:
            outcome = "unknown" if statements == (_UNKNOWN,) else "refused"
            return CreditLine(outcome, 0, 0, "", low, high, rate_parts, caps, statements)
        instalment = (limit / _annuity(high, ask.months)).to_integral_value(ROUND_CEILING)
    return CreditLine(
        outcome, limit, int(instalment), tightest.code, low, high, rate_parts, caps, ()
    )


_UNKNOWN = Statement(
    "CL-INCOME",
    "缺少收入或现金流，请补充或授权查询后再计算额度。",
    "Income or cash flow is not known: supply it, or authorise its query, before a limit can be computed.",
)


def _rate_parts(risk: Decimal, ask: CreditAsk, settings: CreditLineSettings) -> tuple[Part, ...]:
    lost = ask.loss_given_default
    lost = settings.loss_given_default[ask.security] if lost is None else lost
    parts = (
        Part("expected_loss", risk * lost, "预期损失（违约概率 × 违约损失率）", "Expected loss (PD x LGD)"),
        Part("funding", settings.funding, "资金成本", "Funding"),
        Part("operating", settings.operating, "运营成本", "Operating costs"),
        Part("margin", settings.margin, "目标利润", "Margin"),
    )  # fmt: skip
    exact = sum((part.value for part in parts), Decimal(0))
    steps = (exact / settings.rate_step).to_integral_value(ROUND_CEILING)
    return (*parts, Part("rounding", steps * settings.rate_step - exact, "取整", "Rounding"))


def _refusals(risk: Decimal, low: Decimal, settings: CreditLineSettings) -> tuple[Statement, ...]:
    out: tuple[Statement, ...] = ()
    if risk > settings.refuse_above:
        share = f"{settings.refuse_above:.0%}"
        out += (
            Statement(
                "CL-RISK",
                f"违约概率高于 {share}，不提供额度。",
                f"The probability of default is above {share}: no limit is offered.",
            ),
        )
    if low > settings.ceiling:
        share = f"{settings.ceiling:.1%}"
        out += (
            Statement(
                "CL-PRICE",
                f"覆盖成本的年利率高于上限 {share}，不提供额度。",
                f"The yearly rate that covers the costs is above the ceiling of {share}.",
            ),
        )
    return out


def _too_small(tightest: Part) -> Statement:
    return Statement(
        "CL-AMOUNT",
        f"可提供的额度低于最低金额，受限于：{tightest.zh}。",
        f"What could be offered is below the smallest loan; it is bound by: {tightest.en}.",
    )


def _caps(
    risk: Decimal, rate: Decimal, ask: CreditAsk, settings: CreditLineSettings
) -> tuple[Part, ...]:
    caps = [Part("need", Decimal(ask.amount_cents), "申请金额", "Amount asked for")]
    if ask.product_cap_cents is not None:
        caps.append(
            Part("product", Decimal(ask.product_cap_cents), "产品上限", "Cap of the product")
        )
    if ask.consumer:
        cap = Decimal(settings.consumer_cap_cents)
        caps.append(Part("consumer", cap, "个人消费贷款上限", "Cap of consumer loans to a person"))
    if ask.group_limit_cents is not None:
        left = Decimal(max(ask.group_limit_cents - ask.group_exposure_cents, 0))
        caps.append(
            Part("group", left, "集团统一授信剩余额度", "Left of the group's unified credit line")
        )
    if ask.monthly_income_cents is not None:
        capacity = _capacity(risk, rate, ask.monthly_income_cents, ask, settings)
        caps.append(Part("capacity", capacity, "还款能力", "Capacity to repay"))
    return tuple(caps)


def _capacity(
    risk: Decimal, rate: Decimal, income: int, ask: CreditAsk, settings: CreditLineSettings
) -> Decimal:
    """Loan whose instalments the borrower can bear, beside those there are."""
    burden = settings.burden * max(1 - risk / settings.refuse_above, Decimal(0))
    free = max(burden * income - ask.monthly_debt_cents, Decimal(0))
    return (free * _annuity(rate, ask.months)).to_integral_value(ROUND_FLOOR)


def _annuity(rate: Decimal, months: int) -> Decimal:
    """Loan that an instalment of 1 a month repays."""
    monthly = rate / 12
    if not monthly:
        return Decimal(months)
    return (1 - (1 + monthly) ** -months) / monthly


def _down(amount: Decimal, step: int) -> int:
    return int(amount) // step * step
