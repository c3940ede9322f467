"""What a recommendation says: plain frozen objects that turn into JSON-able dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from models.errors import ModelsError
from models.matching.eligibility import Status
from models.matching.products import Product
from models.matching.rules import Verdict


@dataclass(frozen=True)
class Reason:
    """Why a product is placed where it is: a fact of past loans, and how many points it carries.

    Attributes
    ----------
    code : str
        Of `reasons.REASONS`.
    points : float
        The ranker's contribution of the whole group to this pair's score.
    values : mapping
        The figures that the texts name.
    text_zh, text_en : str
    """

    code: str
    points: float
    values: Mapping[str, Any]
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Contribution:
    """What one group of inputs adds to a score."""

    group: str
    points: float


@dataclass(frozen=True)
class Item:
    """One recommended product.

    Attributes
    ----------
    product : Product
    rank : int
        From 1.
    score : float or None
        Higher = better within one answer; None in the order that is not personalised.
    eligibility : {"eligible", "conditional"}
    conditions : tuple of Verdict
        What is UNKNOWN and who can settle it; empty when eligible.
    reasons : tuple of Reason
        Largest first; only groups that raise the score.
    base : float or None
        `base` and the points of `contributions` add up to `score`.
    contributions : tuple of Contribution
        By falling size.
    """

    product: Product
    rank: int
    score: float | None
    eligibility: Status
    conditions: tuple[Verdict, ...]
    reasons: tuple[Reason, ...]
    base: float | None
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class NotEligible:
    """A product that is not shown, with every rule that it fails."""

    product: Product
    failing: tuple[Verdict, ...]


@dataclass(frozen=True)
class Recommendations:
    """The answer to one request.

    Attributes
    ----------
    items : tuple of Item
    not_eligible : tuple of NotEligible
        The lenders most active around the borrower among those that fail a rule; not all of them.
    personalised : bool
    as_of : date or None
        Only loans with an event before this day, known by it, were looked at.
    note_zh, note_en : str
        What the list is and is not.
    """

    items: tuple[Item, ...]
    not_eligible: tuple[NotEligible, ...]
    personalised: bool
    as_of: date | None
    note_zh: str
    note_en: str

    def to_dict(self) -> dict[str, Any]:
        """Dictionaries, lists, texts and numbers only; dates as YYYY-MM-DD."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


NO_PRODUCTS: Mapping[str, tuple[str, str]] = {
    "individual": (
        "暂无可推荐的产品：现有个人信用卡数据不含借款人选择了哪家机构，也不含任何产品条件，无从判断是否符合准入规则，也无从排序。",
        "No products to recommend: the card records of individuals tell neither which lender a borrower chose nor any "
        "product terms, so that eligibility can not be judged and no order can be learned.",
    ),
    "firm": (
        "暂无可推荐的产品：尚无以城市企业记录训练的机构排序模型。",
        "No products to recommend: no lender ranking was learned from the records of a city's firms.",
    ),
}
"""Reasons for which a whole kind of subject gets no products."""


def no_products(reason: str = "individual") -> Recommendations:
    """An empty answer that says why.

    Parameters
    ----------
    reason : str
        A key of `NO_PRODUCTS`.

    Returns
    -------
    Recommendations

    Raises
    ------
    ModelsError
        The reason is not known.
    """
    if reason not in NO_PRODUCTS:
        raise ModelsError(
            f"There is no reason {reason!r} for giving no products; known: {', '.join(NO_PRODUCTS)}."
        )
    zh, en = NO_PRODUCTS[reason]
    return Recommendations((), (), False, None, zh, en)
