"""How often parts of two names agree: among names of one enterprise (m) and of any two (u).

The figures are ours. They were measured once with `features.identity.frequencies` on the open lists of a
city's bureaux: m on 372 enterprises that appear with several names under one unified code, u on pairs drawn
at random (of brands by counting all pairs). Two are set by hand: the area (those lists hold one city) and
addresses (each enterprise has one). Among 40,750 enterprises 17,020 pairs have brands that differ by one
character: a slip of the pen can be told from another firm by the address or a code, not by the name. Fixed
figures keep the score of a pair the same from run to run and independent of what becomes known later.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One degree of agreement.

    Attributes
    ----------
    name : str
    sql : str
        Condition over the columns of both sides, with splink's suffixes `_l` and `_r`.
    m, u : float
        Frequency among pairs of one enterprise, and among all pairs. Zero for both: no evidence.
    """

    name: str
    sql: str
    m: float = 0.0
    u: float = 0.0


@dataclass(frozen=True)
class Part:
    """A comparison: the first level that holds counts; the last is `ELSE`."""

    name: str
    levels: tuple[Level, ...]


_DIGITS = "'零一二三四五六七八九十'"

PARTS: tuple[Part, ...] = (
    Part(
        "brand",
        (
            Level("none", "brand_l = '' OR brand_r = ''"),
            Level("same", "brand_l = brand_r", 0.54, 1.85e-6),
            Level(
                "one character",
                # Not a number: 第一 and 第三 are two firms of one builder.
                # DuckDB's edit distances count bytes, three to a Chinese character.
                "length(brand_l) >= 3 AND length(brand_r) >= 3 AND (list_has_any(swapped_l, swapped_r) "
                "OR list_contains(dropped_l, brand_r) OR list_contains(dropped_r, brand_l)) AND "
                f"translate(brand_l, {_DIGITS}, '') <> translate(brand_r, {_DIGITS}, '')",
                0.03, 2.05e-5,
            ),
            Level(
                "part of the other",
                "least(length(brand_l), length(brand_r)) >= 2 AND (contains(brand_l, brand_r) OR "
                "contains(brand_r, brand_l))",
                0.11, 3.9e-5,
            ),
            Level("other", "ELSE", 0.32, 0.99996),
        ),
    ),
    Part(
        "industry",
        (
            Level("none", "industry_l = '' AND industry_r = ''"),
            Level("same", "industry_l = industry_r", 0.55, 0.07),
            Level(
                "part of the other",
                "industry_l <> '' AND industry_r <> '' AND (contains(industry_l, industry_r) OR "
                "contains(industry_r, industry_l))",
                0.13, 0.076,
            ),
            Level("other", "ELSE", 0.32, 0.854),
        ),
    ),
    Part(
        "form",
        (
            Level("none", "form_l = '' OR form_r = ''"),
            Level("same", "form_l = form_r", 0.62, 0.84),
            Level(
                "of companies",
                "form_l IN ('limited', 'joint_stock', 'company') AND "
                "form_r IN ('limited', 'joint_stock', 'company')",
                0.33, 0.076,
            ),
            Level("other", "ELSE", 0.05, 0.084),
        ),
    ),
    Part(
        "area",
        (
            Level("none", "area_l = '' OR area_r = ''"),
            Level("same province", "left(area_l, 2) = left(area_r, 2)", 0.99, 0.93),
            Level("other", "ELSE", 0.01, 0.07),
        ),
    ),
    Part(
        "address",
        (
            Level("none", "address_l IS NULL OR address_r IS NULL"),
            Level("same", "address_l = address_r", 0.35, 7e-5),
            Level(
                "alike",
                "contains(address_l, address_r) OR contains(address_r, address_l) OR "
                "jaro_winkler_similarity(address_l, address_r) >= 0.95",
                0.20, 0.0024,
            ),
            Level("other", "ELSE", 0.45, 0.9975),
        ),
    ),
)  # fmt: skip
"""Comparisons of two names whose branch is the same; other branches are never compared."""
