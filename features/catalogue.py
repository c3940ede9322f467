"""The catalogue: every view of the house, by name.

``enterprise`` and ``individual`` are the views of the two public portfolios. ``firm`` and ``household`` are
those of a city: of enterprises and sole traders, and of persons and farmers. Each view is learned from by
one model (``training.settings``); what no model learns from is not declared (REG-32).
"""

from __future__ import annotations

from types import ModuleType

from features.definitions import (
    application,
    applications_filed,
    arrears,
    business_standing,
    card,
    charge_off_history,
    collateral,
    credit_history,
    customs,
    enforcement,
    enquiry,
    environment,
    farm,
    financial_position,
    guarantee,
    housing_fund,
    intellectual_property,
    invoice,
    invoice_pattern,
    judicial,
    multi_lending,
    penalty,
    platform_trade,
    pledge,
    procurement,
    public_rating,
    real_estate,
    registration,
    registration_history,
    repayment,
    repayment_history,
    social_arrears,
    social_security,
    tax,
    tax_notice,
    technology,
    telecom,
    utility,
)
from features.errors import FeaturesError
from features.relations.declared import GROUP_FEATURES, GroupFeature
from features.view import UNITS, Feature, FeatureView


def _of(*themes: ModuleType) -> tuple[Feature, ...]:
    return tuple(feature for theme in themes for feature in theme.FEATURES)


_CREDIT = _of(
    credit_history,
    repayment_history,
    enquiry,
    multi_lending,
    guarantee,
    applications_filed,
    collateral,
)
_NOT_AGAIN = {"guaranteed_out"}  # `guarantees_given_amount` of the firm itself
_OF_GROUPS: tuple[GroupFeature, ...] = tuple(
    feature
    for feature in GROUP_FEATURES
    if "score" in feature.uses and feature.name not in _NOT_AGAIN
)
"""Features of a firm's group that may enter a score; the others are for rules and reports."""
_FIRM: tuple[Feature | GroupFeature, ...] = (
    _of(
        registration_history,
        business_standing,
        pledge,
        financial_position,
        tax,
        tax_notice,
        invoice,
        invoice_pattern,
        social_security,
        social_arrears,
        judicial,
        enforcement,
        penalty,
        environment,
        utility,
        real_estate,
        intellectual_property,
        technology,
        customs,
        procurement,
        public_rating,
    )
    + _CREDIT
    + _of(housing_fund, platform_trade, telecom)
    + _OF_GROUPS
)
_HOUSEHOLD = (
    _CREDIT
    + _of(housing_fund, platform_trade, telecom, farm, judicial, enforcement)
    + penalty.OF_ANYONE
    + tax_notice.OF_ANYONE
)


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
        FeatureView(name="firm", subject_kind="enterprise", features=_FIRM),
        FeatureView(name="household", subject_kind="individual", features=_HOUSEHOLD),
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
        null_zh, null_en, columns (lineage, comma-separated), sensitivity, suppliers_zh, suppliers_en
        (separated by semicolons), lender_history ("yes" or "").
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
                    "sensitivity": feature.sensitivity,
                    "suppliers_zh": "；".join(zh for zh, _ in feature.suppliers),
                    "suppliers_en": "; ".join(en for _, en in feature.suppliers),
                    "lender_history": "yes" if feature.lender_history else "",
                }
            )
    return rows
