"""Enterprise size classes: large, medium, small, micro.

Limits of 工信部联企业〔2011〕300号 and the statistical version 国统字〔2017〕213号 (``size_limits.csv``; rows
and the mapping of industries marked ``MEM`` are from memory, so both can be passed as arguments). An older
definition of small and medium enterprises by sales alone is superseded and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from data_contracts.codes.csv_file import csv_rows
from data_contracts.codes.industries import industry

SizeClass = Literal["large", "medium", "small", "micro", "unknown"]
Indicator = Literal["employees", "revenue", "assets"]

CENTS_IN_WAN = 1_000_000
"""10,000 yuan in cents."""


@dataclass(frozen=True)
class SizeLimit:
    """Lower limits of one indicator; employees in people, revenue and assets in 万元."""

    indicator: Indicator
    large: int
    medium: int
    small: int
    source: str


def _limits() -> Mapping[str, tuple[SizeLimit, ...]]:
    found: dict[str, tuple[SizeLimit, ...]] = {}
    for row in csv_rows("size_limits"):
        limit = SizeLimit(
            row["indicator"],  # type: ignore[arg-type]
            int(row["large"]),
            int(row["medium"]),
            int(row["small"]),
            row["source"],
        )
        found[row["group"]] = (*found.get(row["group"], ()), limit)
    return MappingProxyType(found)


SIZE_LIMITS: Mapping[str, tuple[SizeLimit, ...]] = _limits()
"""Limits by industry group, such as ``"retail"``; small's limit is micro's upper bound."""


@cache
def size_industries() -> Mapping[str, str | None]:
    """Prefix of an industry code -> group of :data:`SIZE_LIMITS`, None: out of scope."""
    return MappingProxyType(
        {row["prefix"]: row["group"] or None for row in csv_rows("size_industries")}
    )


def size_group(
    industry_code: str | None, mapping: Mapping[str, str | None] | None = None
) -> str | None:
    """Group of size limits of an industry, by its longest known prefix.

    Returns
    -------
    str or None
        ``"unknown"`` for a missing or invalid code, and for a code too short to tell (``"70"`` may be
        development or property management); None for what is out of scope (finance, public bodies).

    Examples
    --------
    >>> size_group("C1311"), size_group("7010"), size_group("70"), size_group("6621")
    ('industry', 'real_estate_development', 'unknown', None)
    """
    known = size_industries() if mapping is None else mapping
    found = industry(industry_code)
    if found is None:
        return "unknown"
    below = {group for prefix, group in known.items() if prefix.startswith(found.code)}
    for length in range(len(found.code), 1, -1):
        if found.code[:length] in known:
            group = known[found.code[:length]]
            return group if below <= {group} else "unknown"
    return "unknown"


def enterprise_size(
    industry_code: str | None,
    *,
    employees: int | None = None,
    revenue_cents: int | None = None,
    assets_cents: int | None = None,
    limits: Mapping[str, tuple[SizeLimit, ...]] | None = None,
    mapping: Mapping[str, str | None] | None = None,
) -> SizeClass | None:
    """Size class of an enterprise: the highest class of which all lower limits are met, else micro.

    Parameters
    ----------
    industry_code
        GB/T 4754-2017, with or without the section letter.
    employees, revenue_cents, assets_cents
        People, yearly revenue and total assets (CNY cents); what the industry does not ask is ignored.
    limits, mapping
        Other limits and another mapping of industries than the shipped ones.

    Returns
    -------
    {"large", "medium", "small", "micro", "unknown"} or None
        ``"unknown"`` where an indicator that the industry asks for is missing (never micro); None for
        industries out of scope.

    Examples
    --------
    >>> enterprise_size("5211", employees=60, revenue_cents=400 * CENTS_IN_WAN)
    'small'
    >>> enterprise_size("5211", employees=60), enterprise_size("6621", employees=60)
    ('unknown', None)
    """
    group = size_group(industry_code, mapping)
    table = SIZE_LIMITS if limits is None else limits
    if group is None:
        return None
    if group not in table:
        return "unknown"
    given = {
        "employees": (employees, 1),
        "revenue": (revenue_cents, CENTS_IN_WAN),
        "assets": (assets_cents, CENTS_IN_WAN),
    }
    asked: list[tuple[int, int, SizeLimit]] = []
    for limit in table[group]:
        value, unit = given[limit.indicator]
        if value is None:
            return "unknown"
        asked.append((value, unit, limit))
    if all(value >= limit.large * unit for value, unit, limit in asked):
        return "large"
    if all(value >= limit.medium * unit for value, unit, limit in asked):
        return "medium"
    if all(value >= limit.small * unit for value, unit, limit in asked):
        return "small"
    return "micro"
