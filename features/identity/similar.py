"""Scores of names that only resemble each other, for subjects without a code: splink on DuckDB.

Pairs are looked up by equal brands, by brand and trade with one character left out, and by rare pairs of
characters. Two names whose branches differ are never a pair: a branch is not its head office.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from features.errors import FeaturesError
from features.identity.codes import RANKS, scheme
from features.identity.names import parts_of
from features.identity.parameters import PARTS, Part
from features.identity.settings import LinkSettings

_LEAST_CORE = 4
_ROW = pa.schema(
    [
        ("unique_id", pa.string()), ("subject", pa.string()), ("name", pa.string()), ("rank", pa.int64()),
        ("brand", pa.string()), ("industry", pa.string()), ("form", pa.string()), ("area", pa.string()),
        ("branch", pa.string()), ("address", pa.string()), ("holes", pa.list_(pa.string())),
        ("grams", pa.list_(pa.string())), ("dropped", pa.list_(pa.string())), ("swapped", pa.list_(pa.string())),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A subject under one of its names."""

    subject: str
    name: str
    address: str | None = None


@dataclass(frozen=True, order=True)
class Candidate:
    """A pair of subjects whose names resemble each other, with splink's match probability."""

    subject: str
    target: str
    score: float
    name: str
    target_name: str
    levels: tuple[tuple[str, str], ...]


def similar(
    mentions: Sequence[Named], enterprises: Sequence[Named], settings: LinkSettings
) -> list[Candidate]:
    """Find enterprises whose names resemble those of subjects without one.

    Parameters
    ----------
    mentions
        Subjects that are linked to nothing yet.
    enterprises
        What they may be linked to.
    settings : LinkSettings

    Returns
    -------
    list of Candidate
        Pairs scored at least `settings.review`, the best of each pair of subjects, at most
        `settings.most_candidates` for a subject; in order.

    Raises
    ------
    FeaturesError
        When splink is not installed.
    """
    left, right = _tables(mentions, enterprises, settings)
    if not left.num_rows or not right.num_rows:
        return []
    firms = len({row.subject for row in enterprises})
    prior = settings.share / max(settings.least_enterprises, firms)
    with duckdb.connect() as connection:
        linker = linker_of(connection, left, right, prior)
        logging.getLogger("splink").setLevel(logging.ERROR)
        found = linker.inference.predict(threshold_match_probability=settings.review)
        levels = ", ".join(f"gamma_{part.name}" for part in PARTS)
        rows = connection.sql(
            f"SELECT subject_l, subject_r, match_probability, name_l, name_r, {levels} "
            f"FROM {found.physical_name} QUALIFY row_number() OVER (PARTITION BY subject_l, subject_r "
            f"ORDER BY match_probability DESC, name_l, name_r) = 1"
        ).fetchall()
    candidates = sorted(
        (
            Candidate(one, other, round(score, 6), name, other_name, _levels(gammas))
            for one, other, score, name, other_name, *gammas in rows
        ),
        key=lambda c: (c.subject, -c.score, c.target),
    )
    kept: list[Candidate] = []
    for candidate in candidates:
        before = kept[-settings.most_candidates] if len(kept) >= settings.most_candidates else None
        if before is None or before.subject != candidate.subject:
            kept.append(candidate)
    return kept


def linker_of(
    connection: duckdb.DuckDBPyConnection,
    left: pa.Table,
    right: pa.Table,
    prior: float,
    **more: Any,
) -> Any:
    """A splink linker of two tables with our comparisons; `more` goes into its settings."""
    splink = import_splink()
    connection.register("mention_rows", left)
    connection.register("enterprise_rows", right)
    connection.execute("CREATE TABLE mention AS SELECT * FROM mention_rows")
    connection.execute("CREATE TABLE enterprise AS SELECT * FROM enterprise_rows")
    api = splink.DuckDBAPI(connection)
    chosen = "l.branch = r.branch AND l.rank > r.rank"
    rule = splink.blocking_rule_library.CustomRule
    settings = splink.SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(splink, part) for part in PARTS],
        blocking_rules_to_generate_predictions=[
            rule(f"l.brand = r.brand AND l.brand <> '' AND {chosen}"),
            rule(f"l.holes = r.holes AND {chosen}", arrays_to_explode=["holes"]),
            rule(f"l.grams = r.grams AND {chosen}", arrays_to_explode=["grams"]),
        ],
        additional_columns_to_retain=["subject", "name"],
        retain_intermediate_calculation_columns=True,
        **more,
    )
    tables = [api.register("mention"), api.register("enterprise")]
    return splink.Linker(tables, settings, log_level=logging.ERROR)


def import_splink() -> Any:
    """The library, imported when it is first needed.

    Raises
    ------
    FeaturesError
        When it is not installed.
    """
    try:
        import splink
        import splink.blocking_rule_library
        import splink.comparison_level_library
        import splink.comparison_library
    except ImportError as error:
        raise FeaturesError(
            "names are compared with splink, which is not installed.",
            hint="pip install 'splink>=5,<6', or link by codes and equal names alone (--exact)",
        ) from error
    return splink


def _comparison(splink: Any, part: Part) -> Any:
    levels = []
    for level in part.levels:
        if level.m == 0:
            made = splink.comparison_level_library.CustomLevel(level.sql, level.name).configure(
                is_null_level=True
            )
        else:
            kind = splink.comparison_level_library
            base = (
                kind.ElseLevel() if level.sql == "ELSE" else kind.CustomLevel(level.sql, level.name)
            )
            made = base.configure(m_probability=level.m, u_probability=level.u)
        levels.append(made)
    return splink.comparison_library.CustomComparison(levels, output_column_name=part.name)


def _levels(gammas: Iterable[int]) -> tuple[tuple[str, str], ...]:
    """Names of the levels that splink numbers from 0 (the last) upwards, -1 for no evidence."""
    found = []
    for part, gamma in zip(PARTS, gammas, strict=True):
        counted = [level.name for level in part.levels if level.m]
        found.append((part.name, "none" if gamma < 0 else counted[len(counted) - 1 - gamma]))
    return tuple(found)


def _tables(
    mentions: Sequence[Named], enterprises: Sequence[Named], settings: LinkSettings
) -> tuple[pa.Table, pa.Table]:
    right = [_row(f"e{n}", one) for n, one in enumerate(enterprises)]
    frequency = Counter(gram for row in right for gram in row["grams"])
    left = [_row(f"m{n}", one) for n, one in enumerate(mentions)]
    for row in (*left, *right):
        row["grams"] = [g for g in row["grams"] if 0 < frequency[g] <= settings.commonest]
    return pa.Table.from_pylist(left, _ROW), pa.Table.from_pylist(right, _ROW)


def name_rows(rows: Sequence[Named]) -> pa.Table:
    """Names taken apart, one row each, in the columns that the comparisons read."""
    return pa.Table.from_pylist([_row(f"n{n}", one) for n, one in enumerate(rows)], _ROW)


def _row(number: str, named: Named) -> dict[str, Any]:
    parts = parts_of(named.name)
    core = parts.brand + parts.industry
    holes = [core] + [core[:n] + core[n + 1 :] for n in range(len(core))]
    return {
        "unique_id": number, "subject": named.subject, "name": named.name,
        "rank": RANKS[scheme(named.subject)], "brand": parts.brand, "industry": parts.industry,
        "form": parts.form, "area": parts.area, "branch": parts.branch,
        "address": address_key(named.address),
        "holes": sorted(set(holes)) if len(core) >= _LEAST_CORE else [],
        "grams": sorted({parts.brand[n : n + 2] for n in range(len(parts.brand) - 1)}),
        "dropped": _without_one(parts.brand, ""),
        "swapped": _without_one(parts.brand, "_"),
    }  # fmt: skip


def _without_one(brand: str, mark: str) -> list[str]:
    """A brand with one character replaced by a mark, at each place; none for short brands."""
    places = range(len(brand)) if len(brand) >= 3 else ()
    return [brand[:n] + mark + brand[n + 1 :] for n in places]


def address_key(address: str | None) -> str | None:
    """An address as it is compared; None if it is too short to tell anything.

    Examples
    --------
    >>> address_key("北京市朝阳区 望京街１０号院2号楼") == address_key("朝阳区望京街10号院2号楼")
    True
    """
    if not address:
        return None
    import unicodedata

    text = re.sub(r"[^0-9A-Z一-鿿]", "", unicodedata.normalize("NFKC", address).upper())
    text = re.sub(r"^(中国)?(北京市|上海市|天津市|重庆市|[一-鿿]{2,3}省)(市辖区)?", "", text)
    return text if len(text) >= 6 else None
