"""Themes: what each contract's records say of the city. A contract without a theme is filled from its declaration."""

from __future__ import annotations

from data_contracts.city.themes import (
    adverse,
    bills,
    business,
    cards,
    lending,
    message,
    platform,
    registers,
    relations,
    yearly,
)
from data_contracts.city.themes.shape import Builder

BUILDERS: dict[str, Builder] = {
    **registers.BUILDERS,
    **relations.BUILDERS,
    **adverse.BUILDERS,
    **business.BUILDERS,
    **bills.BUILDERS,
    **yearly.BUILDERS,
    **lending.BUILDERS,
    **message.BUILDERS,
    **cards.BUILDERS,
    **platform.BUILDERS,
}
"""Builders by name of contract."""
