"""The parts of a score's answer that say why, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from serving.champions import Loaded
from serving.moments import plain
from serving.texts import EFFORT_NOTE, REFERENCE_NOTE

if TYPE_CHECKING:
    from models.explain import Explanation
    from models.reasons.chooser import Reason


def why(loaded: Loaded, explained: Explanation, most: int) -> dict[str, Any]:
    """Reasons, helpful factors and whom they are told against.

    Parameters
    ----------
    loaded : Loaded
        The model with its prepared choice of reasons.
    explained : Explanation
        The scored row.
    most : int
        At most this many of either, largest first.

    Returns
    -------
    dict
        ``reasons``, ``helpful`` and ``reference`` (None where the model has none: then the average stands in).
    """
    return {
        "reasons": _told(loaded.chooser.reasons(explained, most)),
        "helpful": _told(loaded.chooser.helpful(explained, most)),
        "reference": _reference(loaded, explained),
    }


def _told(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [
        {
            "code": reason.code,
            "theme": reason.theme,
            "features": list(reason.features),
            "values": [plain(value) for value in reason.values],
            "usual": [plain(value) for value in reason.usual],
            "points": reason.points,
            "text_zh": reason.text_zh,
            "text_en": reason.text_en,
        }
        for reason in reasons
    ]


def _reference(loaded: Loaded, explained: Explanation) -> dict[str, Any] | None:
    reference = loaded.model.reference
    if reference is None:
        return None
    return {
        "cut_off": reference.cut_off,
        "margin": explained.base + sum(reference.points),
        "rows": reference.rows,
        "note_zh": REFERENCE_NOTE.zh,
        "note_en": REFERENCE_NOTE.en,
    }


def what_would_help(
    loaded: Loaded, values: Mapping[str, Any], target: int | None
) -> dict[str, Any] | None:
    """The least effort that reaches a cut-off, or that nothing within reach does.

    Parameters
    ----------
    loaded : Loaded
        The model.
    values : mapping
        The row that was scored.
    target : int, optional
        A cut-off of the institution's own, drawn into the published range; the model's if absent.

    Returns
    -------
    dict or None
        None where neither names a cut-off.
    """
    scale = loaded.model.scale
    if target is not None:
        target = min(max(target, scale.low), scale.high)
    elif loaded.model.reference is None:
        return None
    advice = loaded.recourse.advise(values, target)
    return {
        "outcome": advice.outcome,
        "target": advice.target,
        "reached": advice.reached,
        "effort": advice.effort,
        "months": advice.months,
        "proved": advice.proved,
        "text_zh": advice.text_zh,
        "text_en": advice.text_en,
        "changes": [
            {
                "feature": change.feature,
                "before": plain(change.before),
                "after": plain(change.after),
                "follows": [
                    {"feature": name, "before": plain(before), "after": plain(after)}
                    for name, before, after in change.follows
                ],
                "effort": change.effort,
                "months": change.months,
                "text_zh": change.text_zh,
                "text_en": change.text_en,
            }
            for change in advice.changes
        ],
        "note_zh": EFFORT_NOTE.zh,
        "note_en": EFFORT_NOTE.en,
    }
