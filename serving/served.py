"""What a deployment answers for: the view that knows each kind of subject, and the registered model of a view.

The public portfolios are the default. `XINQIAO_SERVES=city-firms` serves enterprises by the records of a city instead;
there is then no lender ranking, and other kinds of subjects are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from serving.model_store import (
    ENTERPRISE_DEFAULT,
    FIRM_DEFAULT,
    INDIVIDUAL_DEFAULT,
    LENDER_RANKING,
)

Serves = Literal["public", "city-firms"]

MODEL_OF_VIEW = {
    "enterprise": ENTERPRISE_DEFAULT,
    "individual": INDIVIDUAL_DEFAULT,
    "firm": FIRM_DEFAULT,
}
"""The registered default model of each view."""

PUBLIC = {
    "enterprise": "enterprise",
    "sole_trader": "enterprise",
    "farmer": "enterprise",
    "individual": "individual",
}
VIEWS: dict[Serves, Mapping[str, str]] = {
    "public": PUBLIC,
    "city-firms": dict.fromkeys(PUBLIC, "firm"),  # a view answers for its own kind alone
}
"""Kind of subject -> view, by what is served."""


def models_of(views: Mapping[str, str]) -> tuple[str, ...]:
    """Registered models that must be in use before the service is ready.

    >>> models_of(VIEWS["city-firms"])
    ('city-firm-default',)
    """
    names = tuple(dict.fromkeys(MODEL_OF_VIEW[view] for view in views.values()))
    return (*names, LENDER_RANKING) if "enterprise" in views.values() else names
