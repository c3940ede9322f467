"""The catalogue: every view of the house, by name."""

from __future__ import annotations

from features.definitions import (
    application,
    arrears,
    card,
    charge_off_history,
    credit_history,
    invoice,
    judicial,
    registration,
    repayment,
    social_security,
    tax,
)
from features.errors import FeaturesError
from features.view import UNITS, FeatureView

VIEWS: dict[str, FeatureView] = {
    view.name: view
    for view in (
        FeatureView(
            name="enterprise",
            subject_kind="enterprise",
            features=application.FEATURES + registration.FEATURES + charge_off_history.FEATURES,
        ),
        FeatureView(
            name="individual",
            subject_kind="individual",
            features=card.FEATURES + repayment.FEATURES + arrears.FEATURES,
        ),
        FeatureView(
            name="city",
            subject_kind="enterprise",
            features=(
                tax.FEATURES
                + invoice.FEATURES
                + social_security.FEATURES
                + judicial.FEATURES
                + credit_history.FEATURES
            ),
        ),
    )
}
"""Views by name."""


def view(name: str) -> FeatureView:
    """One view by name.

    Raises
    ------
    FeaturesError
        For a name that is not in the catalogue; the message lists the names that are.

    Examples
    --------
    >>> view("individual").subject_kind
    'individual'
    """
    if name not in VIEWS:
        raise FeaturesError(f"there is no view {name!r}.", expected=", ".join(VIEWS))
    return VIEWS[name]


def catalogue_rows(name: str | None = None) -> list[dict[str, str]]:
    """Rows of the catalogue page: one for each feature of one view, or of all.

    Returns
    -------
    list of dict
        view, name, theme, title_zh, title_en, kind, unit_zh, unit_en, direction ("+", "-" or ""),
        null_zh, null_en, columns (lineage, comma-separated), lender_history ("yes" or "").
    """
    rows = []
    for one in [view(name)] if name else VIEWS.values():
        for feature in one.features:
            unit_zh, unit_en = UNITS[feature.unit]
            rows.append(
                {
                    "view": one.name,
                    "name": feature.name,
                    "theme": feature.theme,
                    "title_zh": feature.title_zh,
                    "title_en": feature.title_en,
                    "kind": feature.kind,
                    "unit_zh": unit_zh,
                    "unit_en": unit_en,
                    "direction": {1: "+", -1: "-"}.get(feature.direction or 0, ""),
                    "null_zh": feature.null_zh,
                    "null_en": feature.null_en,
                    "columns": ", ".join(feature.columns),
                    "lender_history": "yes" if feature.lender_history else "",
                }
            )
    return rows
