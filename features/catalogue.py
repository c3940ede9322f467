"""The catalogue: every view of the house, by name.

``enterprise`` and ``individual`` are the views of the two public portfolios. ``firm`` and ``household`` are
those of a city: of enterprises and sole traders, and of persons and farmers. A score is made from record
types alone that are collected for scores; features of others stand in ``firm_facts`` and
``household_facts``, for rules and reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from data_contracts.catalogue import contract as contract_of
from features.definitions import (
    application,
    applications_filed,
    arrears,
    business_standing,
    card,
    charge_off_history,
    collateral,
    credit_decision,
    credit_history,
    customs,
    enforcement,
    enquiry,
    environment,
    farm,
    financial_position,
    guarantee,
    housing_fund,
    identity_check,
    intellectual_property,
    invoice,
    invoice_pattern,
    judicial,
    licence,
    multi_lending,
    penalty,
    platform_trade,
    pledge,
    procurement,
    public_rating,
    public_record,
    real_estate,
    registration,
    registration_history,
    repayment,
    repayment_history,
    social_arrears,
    social_security,
    statement,
    tax,
    tax_notice,
    technology,
    telecom,
    utility,
)
from features.errors import FeaturesError
from features.view import UNITS, Feature, FeatureView


def _of(*themes: ModuleType) -> tuple[Feature, ...]:
    return tuple(feature for theme in themes for feature in theme.FEATURES)


def for_score(feature: Feature) -> bool:
    """Whether all that a feature is made from is collected for scores, among other uses.

    Examples
    --------
    >>> for_score(telecom.FEATURES[0]), for_score(identity_check.FEATURES[0])
    (True, False)
    """
    return all("score" in contract_of(name).about.used_in for name in feature.contracts)


_CREDIT = _of(
    credit_history,
    repayment_history,
    enquiry,
    multi_lending,
    guarantee,
    applications_filed,
    collateral,
    credit_decision,
)
_FIRM = (
    _of(
        registration_history,
        business_standing,
        licence,
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
    + _of(housing_fund, platform_trade, telecom, statement)
)
_HOUSEHOLD = (
    _CREDIT
    + housing_fund.CONTRIBUTIONS
    + _of(platform_trade, telecom, farm, public_record, identity_check, statement)
)

# The view that the city's first models were trained on; a part of ``firm``.
_CITY = (
    "tax_paid_12",
    "tax_trend",
    "tax_late_share",
    "sales_12",
    "sales_trend",
    "void_rate",
    "purchases_to_sales",
    "insured_people",
    "insured_trend",
    "cases_against_24",
    "enforcements_24",
    "overdue_periods_12",
    "enquiries_6",
)


def _named(names: Iterable[str], features: Iterable[Feature]) -> tuple[Feature, ...]:
    by_name = {feature.name: feature for feature in features}
    return tuple(by_name[name] for name in names)


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
            name="firm",
            subject_kind="enterprise",
            features=tuple(feature for feature in _FIRM if for_score(feature)),
        ),
        FeatureView(
            name="household",
            subject_kind="individual",
            features=tuple(feature for feature in _HOUSEHOLD if for_score(feature)),
        ),
        FeatureView(
            name="firm_facts",
            subject_kind="enterprise",
            features=tuple(feature for feature in _FIRM if not for_score(feature)),
        ),
        FeatureView(
            name="household_facts",
            subject_kind="individual",
            features=tuple(feature for feature in _HOUSEHOLD if not for_score(feature)),
        ),
        FeatureView(name="city", subject_kind="enterprise", features=_named(_CITY, _FIRM)),
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
