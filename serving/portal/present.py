"""From a stored decision to what the decision page shows; every number comes from the stored answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.scale import BANDS
from models.schema import Schema
from serving.bodies import KINDS, PURPOSES
from serving.portal.gauge import gauge
from serving.portal.texts import text
from serving.texts import DISCLAIMER
from serving.values import (
    feature_value,
    part_title,
    part_value,
    points_text,
    share_text,
)


@dataclass(frozen=True)
class Shown:
    """A stored decision with what belongs to it.

    Attributes
    ----------
    row : Any
        The stored decision.
    answer : dict
        Its answer.
    schema : Schema
        Titles and units of the model's inputs.
    products : dict or None
        The answer of the recommendation asked for together with it.
    report_ids : tuple of str
        Reports made from it.
    """

    row: Any
    answer: dict[str, Any]
    schema: Schema
    products: dict[str, Any] | None
    report_ids: tuple[str, ...]


def decision_view(shown: Shown, language: str) -> dict[str, Any]:
    """Everything `decision.html` shows, as text."""
    answer, scale = shown.answer, shown.answer["scale"]
    grade_text = answer[f"grade_{language}"]
    words = {"score": answer["score"], "grade": answer["grade"], "grade_text": grade_text}
    limits = {"low": scale["low"], "high": scale["high"]}
    quality = answer["data_quality"]
    boundaries = tuple(float(b.low) for b in BANDS)
    label = 1 if language == "en" else 0
    known = quality["inputs"] - quality["missing"]
    return {
        "subject": shown.row.subject_id,
        "kind": KINDS[shown.row.subject_kind][label],
        "purpose": PURPOSES[shown.row.purpose][label],
        "score_id": answer["score_id"],
        "score": answer["score"],
        "grade": answer["grade"],
        "grade_text": grade_text,
        "probability": share_text(answer["probability_of_default"]),
        "odds": _odds(answer["probability_of_default"], language),
        "as_of": answer["as_of"],
        "model": f"{answer['model']['name']} v{answer['model']['version']}",
        "quality": text("data_quality_value", language, known=known, inputs=quality["inputs"]),
        "clipped": answer["flags"]["clipped"],
        "gauge": gauge(answer["margin"], scale["low"], scale["high"], boundaries),
        "gauge_text": text("gauge_text", language, **words, **limits),
        "scale_note": text("scale_note", language, **limits),
        **limits,
        "chart": _chart(shown, language),
        "reasons": [_reason(shown.schema, r, language) for r in answer["reasons"]],
        "reasons_lead": _reasons_lead(answer, language),
        "recourse": _recourse(shown, language),
        "base": f"{answer['base']:.2f}",
        "margin": f"{answer['margin']:.2f}",
        "contributions_lead": text(
            "all_contributions_lead",
            language,
            base=f"{answer['base']:.2f}",
            margin=f"{answer['margin']:.2f}",
        ),
        "contributions": [
            _named(shown.schema, c, language, digits=2)
            for c in sorted(
                answer["contributions"], key=lambda c: (-abs(c["points"]), c["features"])
            )
        ],
        "reports": [{"id": report_id} for report_id in shown.report_ids],
        "disclaimer": DISCLAIMER.of(language),
        **_products(shown.products, language),
    }


def _odds(probability: float, language: str) -> str:
    good = (1 - probability) / probability if probability > 0 else float("inf")
    odds = f"{good:,.0f} : 1" if good >= 10 else f"{good:,.1f} : 1"
    return f"good-to-bad odds {odds}" if language == "en" else f"好坏比 {odds}"


def _named(
    schema: Schema, part: Mapping[str, Any], language: str, digits: int = 1
) -> dict[str, str]:
    """Feature titles, values and points of a contribution or reason."""
    points = part["points"]
    return {
        "feature": part_title(schema, part).of(language),
        "value": part_value(schema, part).of(language),
        "points": points_text(points) if digits == 1 else f"{points:+.2f}",
        "tone": "harm" if points < 0 else "help" if points > 0 else "",
    }


def _reason(schema: Schema, reason: Mapping[str, Any], language: str) -> dict[str, str]:
    usual = {"features": reason["features"], "values": reason["usual"]}
    return {
        "code": reason["code"],
        "text": reason[f"text_{language}"],
        **_named(schema, reason, language),
        "usual": part_value(schema, usual).of(language),
    }


def _reasons_lead(answer: Mapping[str, Any], language: str) -> str:
    reference = answer["reference"]
    if reference is None:
        return text("reasons_lead", language)
    return text("reasons_lead_reference", language, cut_off=reference["cut_off"])


def _chart(shown: Shown, language: str) -> list[dict[str, Any]]:
    """Two groups of bars on one scale: what lowered the score, what raised it."""
    groups = {
        "poor": [(r[f"text_{language}"], r["points"]) for r in shown.answer["reasons"]],
        "good": [(r[f"text_{language}"], r["points"]) for r in shown.answer["helpful"]],
    }
    largest = max((abs(points) for group in groups.values() for _, points in group), default=1.0)
    titles = {"poor": ("lowering", "no_reasons"), "good": ("raising", "nothing_helped")}
    return [
        {
            "tone": tone,
            "title": text(titles[tone][0], language),
            "empty": text(titles[tone][1], language),
            "bars": _bars(group, largest),
        }
        for tone, group in groups.items()
    ]


_OUTCOME_TONE = {"enough": "good", "reachable": "best", "out_of_reach": "poor"}


def _recourse(shown: Shown, language: str) -> dict[str, Any] | None:
    """What would reach the cut-off; None where it was not asked for."""
    found = shown.answer.get("recourse")
    if found is None:
        return None
    return {
        "tone": _OUTCOME_TONE[found["outcome"]],
        "text": found[f"text_{language}"],
        "score": shown.answer["score"],
        "reached": found["reached"],
        "target": found["target"],
        "reached_name": text(
            "recourse_nearest" if found["outcome"] == "out_of_reach" else "recourse_after", language
        ),
        "changes": [
            {
                "text": change[f"text_{language}"],
                "follows": [
                    _follow(shown.schema, follow, language)
                    for follow in change["follows"]
                    if follow["before"] != follow["after"]
                ],
            }
            for change in found["changes"]
        ],
        "note": found[f"note_{language}"],
        "proved": _proof(found, language),
    }


def _proof(found: Mapping[str, Any], language: str) -> str:
    if not found["proved"]:
        return text("recourse_unproved", language)
    out = found["outcome"] == "out_of_reach"
    return text("recourse_none_better" if out else "recourse_proved", language)


def _follow(schema: Schema, follow: Mapping[str, Any], language: str) -> str:
    field = schema.by_name.get(follow["feature"])
    name = part_title(schema, {"features": [follow["feature"]]}).of(language)
    before, after = (feature_value(field, follow[key]).of(language) for key in ("before", "after"))
    return text("recourse_follow", language, feature=name, before=before, after=after)


def _bars(parts: Iterable[tuple[str, float]], largest: float) -> list[dict[str, str]]:
    return [
        {
            "text": words,
            "points": points_text(points),
            "width": f"{max(abs(points) / largest * 100, 1.5):.1f}",
        }
        for words, points in parts
    ]


_ELIGIBILITY_TONE = {"eligible": "good", "conditional": "fair", "not_eligible": "poor"}


def _products(answer: dict[str, Any] | None, language: str) -> dict[str, Any]:
    if answer is None:
        unavailable = text("products_unavailable", language)
        return {
            "offers": [],
            "refused": [],
            "refused_title": "",
            "products_note": unavailable,
            "products_small": False,
        }
    offers = []
    for item in answer["items"]:
        product = item["product"]
        offers.append(
            {
                "rank": item["rank"],
                "name": product[f"name_{language}"],
                "eligibility": text(item["eligibility"], language),
                "tone": _ELIGIBILITY_TONE[item["eligibility"]],
                "facts": [fact[language] for fact in product["facts"]],
                "reasons": [reason[f"text_{language}"] for reason in item["reasons"]],
                "questions": [
                    {"text": rule[f"text_{language}"], "rule": rule["rule_id"]}
                    for rule in item["open_questions"]
                ],
                "label": product[f"label_{language}"],
            }
        )
    refused = [
        {
            "name": item["product"][f"name_{language}"],
            "reasons": [
                {"text": rule[f"text_{language}"], "rule": rule["rule_id"]}
                for rule in item["failing"]
            ],
        }
        for item in answer["not_eligible"]
    ]
    return {
        "offers": offers,
        "refused": refused,
        "refused_title": text("not_eligible_title", language, count=len(refused)),
        "products_note": answer[f"note_{language}"] or "",
        "products_small": bool(offers),
    }
