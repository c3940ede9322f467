"""From the matching room's recommendations to the answer: products, why, what is open, why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from serving.records import Dossier

if TYPE_CHECKING:
    from models.matching.answers import Item, Recommendations
    from models.matching.products import Product
    from models.matching.ranking import Ranking
    from models.matching.rules import Verdict

CURRENCY = "USD"  # of the loans that the products are drawn from
REFUSED_SHOWN = 10
_MOST_LISTED = 6


def wish_of(dossier: Dossier, amount: float | None) -> dict[str, Any]:
    """What a borrower asks for, from its visible records and, if given, the amount sought.

    Parameters
    ----------
    dossier : Dossier
        The enterprise's visible records.
    amount : float or None
        In main units; the amount of the latest application if None.

    Returns
    -------
    dict
        Fields of the matching room's request; what is not known is None.
    """
    asked, entry = dossier.latest("loan_application"), dossier.latest("registration")
    wish: dict[str, Any] = {}
    if entry is not None:
        for name in ("region", "postal_code", "industry_code", "new_business", "franchise"):
            wish[name] = entry.values[name]
        wish["employees"] = entry.values["employees"]
    if asked is not None:
        wish["programme"] = asked.values["programme"]
        wish["amount_cents"] = asked.values["amount_cents"]
    if amount is not None:
        wish["amount_cents"] = max(round(amount * 100), 1)
    return wish


def offers_for(ranking: Ranking, dossier: Dossier, asked: dict[str, Any]) -> dict[str, Any]:
    """Match products for an enterprise.

    Parameters
    ----------
    ranking : Ranking
        The fitted order with the lenders' past loans.
    dossier : Dossier
        Visible records; its day bounds what is looked at.
    asked : dict
        ``amount``, ``k`` and ``personalised``.

    Returns
    -------
    dict
        The parts of the answer that depend on the products.
    """
    wish = wish_of(dossier, asked["amount"])
    found = ranking.recommend(
        wish,
        asked["k"],
        as_of=dossier.as_of,
        personalised=asked["personalised"],
        not_shown=REFUSED_SHOWN,
    )
    cents = wish.get("amount_cents")
    return {
        "items": [_item(item) for item in found.items],
        "not_eligible": [
            {"product": _product(refused.product), "failing": [_rule(v) for v in refused.failing]}
            for refused in found.not_eligible
        ],
        "amount": cents / 100 if cents else None,
        "currency": CURRENCY,
        **_notes(found),
    }


def _notes(found: Recommendations) -> dict[str, str]:
    return {"note_zh": found.note_zh, "note_en": found.note_en}


def _item(item: Item) -> dict[str, Any]:
    return {
        "rank": item.rank,
        "product": _product(item.product),
        "eligibility": item.eligibility,
        "open_questions": [_rule(verdict) for verdict in item.conditions],
        "reasons": [
            {
                "code": reason.code,
                "points": reason.points,
                "text_zh": reason.text_zh,
                "text_en": reason.text_en,
            }
            for reason in item.reasons
        ],
        "ranking_score": item.score,
        "base": item.base,
        "contributions": [{"group": c.group, "points": c.points} for c in item.contributions],
    }


def _rule(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule_id": verdict.rule_id,
        "field": verdict.field,
        "ask": verdict.supply,
        "text_zh": verdict.text_zh,
        "text_en": verdict.text_en,
    }


def _product(product: Product) -> dict[str, Any]:
    low, high = product.typical_low_cents / 100, product.typical_high_cents / 100
    regions = sorted(product.regions, key=lambda r: (-product.regions[r], r))
    listed = ", ".join(regions[:_MOST_LISTED])
    more = len(regions) - _MOST_LISTED
    zh_more, en_more = (f" 等 {len(regions)} 地", f" and {more} more") if more > 0 else ("", "")
    return {
        "id": product.product_id,
        "institution": product.institution,
        "name_zh": f"{product.institution} 小企业贷款",
        "name_en": f"{product.institution} small-business loan",
        "loans": product.loans,
        "amount_low": product.amount_low_cents / 100,
        "amount_high": product.amount_high_cents / 100,
        "facts": [
            {
                "zh": f"常见金额 {low:,.0f}\u2013{high:,.0f} 美元",
                "en": f"usual amounts USD {low:,.0f}\u2013{high:,.0f}",
            },
            {
                "zh": f"近五年放款 {product.loans:,} 笔",
                "en": f"{product.loans:,} loans in five years",
            },
            {"zh": f"服务地区 {listed}{zh_more}", "en": f"serves {listed}{en_more}"},
        ],
        "label_zh": product.label_zh,
        "label_en": product.label_en,
    }
