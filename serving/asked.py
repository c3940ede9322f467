"""What a score was asked for beside the score itself; stored with the decision so that a replay asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from models.credit_line import CreditAsk, CreditLineSettings
from serving.bodies import CreditBody, ScoreRequest
from serving.moments import canonical


class Credit(BaseModel):
    """A credit line that was asked for, and the numbers that were in force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: CreditAsk
    settings: CreditLineSettings


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True)

    max_reasons: int
    recourse: bool = False
    target: int | None = None
    credit: Credit | None = None


@dataclass(frozen=True)
class Asked:
    """Which parts an answer has.

    Attributes
    ----------
    max_reasons : int
        At most this many reasons, and helpful factors.
    recourse : bool
        Whether to say what would reach the cut-off; it takes milliseconds, a score microseconds.
    target : int, optional
        The cut-off that it is to reach; the model's own if absent.
    credit : Credit, optional
        For which limit and rate are to be suggested.
    """

    max_reasons: int
    recourse: bool = False
    target: int | None = None
    credit: Credit | None = None

    @classmethod
    def of(cls, request: ScoreRequest, max_reasons: int, settings: CreditLineSettings) -> Asked:
        """What a request asks for, with the numbers in force."""
        credit = None
        if request.credit is not None:
            credit = Credit(ask=credit_ask(request.credit), settings=settings)
        return cls(max_reasons, request.recourse, request.recourse_target, credit)

    @classmethod
    def read(cls, text: str) -> Asked:
        """What `text` wrote; a decision that is older than a part did not ask for it."""
        stored = _Stored.model_validate_json(text)
        return cls(stored.max_reasons, stored.recourse, stored.target, stored.credit)

    def text(self) -> str:
        """The form that is stored: only what was asked for."""
        out: dict[str, object] = {"max_reasons": self.max_reasons}
        if self.recourse:
            out["recourse"] = True
        if self.target is not None:
            out["target"] = self.target
        if self.credit is not None:
            out["credit"] = self.credit.model_dump(mode="json")
        return canonical(out)


def credit_ask(body: CreditBody) -> CreditAsk:
    """Amounts of a request in whole cents.

    >>> credit_ask(CreditBody(amount=1500.0, monthly_income=800.10)).monthly_income_cents
    80010
    """
    return CreditAsk(
        amount_cents=max(_cents(body.amount), 1),
        months=body.months,
        monthly_income_cents=None if body.monthly_income is None else _cents(body.monthly_income),
        monthly_debt_cents=_cents(body.monthly_debt),
        consumer=body.consumer,
        security=body.security,
        product_cap_cents=None if body.product_cap is None else _cents(body.product_cap),
        group_limit_cents=None if body.group_limit is None else _cents(body.group_limit),
        group_exposure_cents=_cents(body.group_exposure),
    )


def _cents(amount: float) -> int:
    return round(Decimal(str(amount)) * 100)
