"""What the lake says of codes and names: which subject was called what, known from when to when.

Each record that carries a subject and a name, a code or an address is evidence from the day it was known
until the day a newer version of it was known. Natural persons (``PID-``) and authorities are left out, and
so are names that a person could have: nobody is ever linked by a person's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb
import pyarrow as pa

from data_contracts.catalogue import all_contracts
from data_contracts.checks import sql_name, sql_text
from data_contracts.intake.lake import Lake
from features.identity import codes, names
from features.partitions import Stamp, stamped

SCHEMES = tuple(codes.RANKS)
_FACT = pa.schema(
    [
        ("subject", pa.string()), ("kind", pa.string()), ("value", pa.string()),
        ("since", pa.date32()), ("until", pa.date32()),
    ]
)  # fmt: skip
_kept: dict[tuple[str, str], tuple[tuple[Stamp, ...], pa.Table]] = {}
"""By lake and contract: the facts of its files, so that what arrives is read of its own contract alone. Of one lake."""


@cache
def evidence_contracts() -> tuple[str, ...]:
    """Contracts whose records say what a subject is called or which codes it has."""
    return tuple(
        name
        for name, declared in all_contracts().items()
        if name == "registration" or "subject_name" in declared.model_fields
    )


@dataclass(frozen=True)
class Evidence:
    """Facts known by a day, as tables of one fact each with `since` and `until` (first day it no longer holds).

    Attributes
    ----------
    named : pyarrow.Table
        `subject, name, normal, key, former, since, until`: what a subject is called.
    coded : pyarrow.Table
        `subject, code, kind, since, until`: codes written beside it; the registration says of which kind.
    addressed : pyarrow.Table
        `subject, address`: addresses, without time: they only help to score candidates.
    seen : pyarrow.Table
        `subject, since`: the first day each subject was known.
    """

    named: pa.Table
    coded: pa.Table
    addressed: pa.Table
    seen: pa.Table


def read_evidence(lake: Lake, as_of: date | None = None) -> Evidence:
    """Read all evidence known by a day.

    Parameters
    ----------
    lake : Lake
    as_of : date, optional
        Versions known later are not read. All if absent.

    Returns
    -------
    Evidence
    """
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        told = [_facts(connection, lake, contract, as_of) for contract in evidence_contracts()]
        connection.register("fact", pa.concat_tables([_FACT.empty_table(), *told]))
        spelled = connection.execute(
            "SELECT DISTINCT value FROM fact WHERE kind IN ('name', 'former') "
            "AND value IS NOT NULL ORDER BY 1"
        ).fetchall()
        kept = [name for (name,) in spelled if not names.may_be_person(name)]
        keys = pa.table(
            {
                "name": pa.array(kept, pa.string()),
                "normal": pa.array([names.normal_name(one) for one in kept], pa.string()),
                "key": pa.array([names.key_of(one) for one in kept], pa.string()),
            }
        )
        connection.register("keys", keys)
        merged = (
            "SELECT kind, subject, value, min(since) AS since, "
            "nullif(max(coalesce(until, DATE '9999-01-01')), DATE '9999-01-01') AS until FROM ("
            "SELECT *, sum(gap) OVER (PARTITION BY kind, subject, value ORDER BY since, until "
            "ROWS UNBOUNDED PRECEDING) AS island FROM (SELECT *, CASE WHEN since <= max(coalesce(until, "
            "DATE '9999-01-01')) OVER (PARTITION BY kind, subject, value ORDER BY since, until "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS gap FROM fact "
            "WHERE value IS NOT NULL)) GROUP BY kind, subject, value, island"
        )
        connection.execute(f"CREATE TABLE merged AS {merged}")
        return Evidence(
            named=_arrow(
                connection,
                "SELECT subject, name, normal, key, kind = 'former' AS former, since, until FROM merged "
                "JOIN keys ON name = value WHERE kind IN ('name', 'former') "
                "ORDER BY subject, normal, name, former, since",
            ),
            coded=_arrow(
                connection,
                "SELECT subject, value AS code, kind, since, until FROM merged "
                "WHERE kind IN ('code', 'organisation_code', 'registration_no') ORDER BY ALL",
            ),
            addressed=_arrow(
                connection,
                "SELECT DISTINCT subject, value AS address FROM merged WHERE kind = 'address' ORDER BY ALL",
            ),
            seen=_arrow(
                connection,
                "SELECT subject, min(since) AS since FROM fact GROUP BY 1 ORDER BY 1",
            ),
        )


def _facts(
    connection: duckdb.DuckDBPyConnection, lake: Lake, contract: str, as_of: date | None
) -> pa.Table:
    """Facts that records of a contract tell; those of its newest files are kept."""
    files, place = tuple(map(stamped, lake.files(contract))), (str(lake.root), contract)
    if not files:
        return _FACT.empty_table()
    kept = _kept.get(place)
    if as_of is None and kept is not None and kept[0] == files:
        return kept[1]
    schemes = ", ".join(map(sql_text, SCHEMES))
    told = [
        connection.sql(
            f"SELECT * FROM ({select}) AS told(subject, kind, value, since, until) "
            f"WHERE split_part(subject, '-', 1) IN ({schemes})"
        )
        .to_arrow_table()
        .cast(_FACT)
        for select in _selects(lake, contract, as_of)
    ]
    table = pa.concat_tables([_FACT.empty_table(), *told])
    if as_of is None:
        for other in [one for one in _kept.copy() if one[0] != place[0]]:
            _kept.pop(other, None)
        _kept[place] = files, table
    return table


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return connection.sql(sql).to_arrow_table()


def _selects(lake: Lake, contract: str, as_of: date | None) -> list[str]:
    """SELECTs of facts that records of a contract tell."""
    declared = all_contracts()[contract]
    columns = set(declared.model_fields)
    subject = declared.about.subject
    wanted = {
        "name": ["subject_name"] if "subject_name" in columns else [],
        "code": [name for name in ("subject_code",) if name in columns],
        "address": ["address"] if "address" in columns else [],
    }
    if contract == "registration":
        wanted["name"] = ["name"]
        wanted |= {name: [name] for name in ("organisation_code", "registration_no")}
    elif "subject_name" not in columns:
        return []
    known = f"WHERE _known <= DATE '{as_of}'" if as_of else ""
    key = ", ".join(sql_name(name) for name in declared.about.key)
    versions = (
        f"(SELECT *, lead(_known) OVER next AS _until, lead(_withdrawn) OVER next AS _gone FROM "
        f"{lake.relation(contract)} {known} WINDOW next AS (PARTITION BY {key} ORDER BY _known, _version))"
    )
    current = f"FROM {versions} WHERE NOT _withdrawn AND (_until IS NULL OR _known < _until)"
    times = "min(_known), _until"
    found = [
        f"SELECT {sql_name(subject)}, {sql_text(kind)}, nullif(trim({sql_name(column)}), ''), {times} "
        f"{current} GROUP BY 1, 2, 3, _until"
        for kind, listed in wanted.items()
        for column in listed
    ]
    if contract == "registration":  # a newer entry replaces the name: the firm was once called so
        found.append(
            f"SELECT {sql_name(subject)}, 'former', nullif(trim(name), ''), min(_until), NULL FROM {versions} "
            f"WHERE NOT _withdrawn AND _until IS NOT NULL AND NOT _gone GROUP BY 1, 3"
        )
    if contract == "registration_change":  # the name before a change is the firm's former name
        found += [
            f"SELECT {sql_name(subject)}, {sql_text(kind)}, nullif(trim({column}), ''), {times} {current} "
            f"AND kind = 'name' GROUP BY 1, 2, 3, _until"
            for kind, column in (("former", "before"), ("name", "after"))
        ]
    return found
