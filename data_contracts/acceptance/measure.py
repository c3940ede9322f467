"""The figures of an acceptance: counted, compared and derived, not yet judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from data_contracts.acceptance.batches import BatchFigures, find_batches, in_month
from data_contracts.acceptance.distributions import compare_all
from data_contracts.acceptance.figures import Case, Fill, Measured, MonthFigures, Rederived
from data_contracts.acceptance.hits import find_hits
from data_contracts.acceptance.scope import Scope, next_month, open_scope
from data_contracts.acceptance.settings import Thresholds
from data_contracts.acceptance.tables import OwnTable
from data_contracts.checks import sql_text
from data_contracts.intake.lake import Lake
from data_contracts.rules.comparison import EARLIEST_OPENING, LONGEST_YEARS, large_limits
from data_contracts.rules.completeness import (
    fill_rates,
    missing_accounts,
    months_in_a_row,
    unreported_borrowers,
)
from data_contracts.rules.rederive import derive, differences

_PERSONS = "subject_id LIKE 'PID-%'"
_GUARANTEED = "guarantee_kind IN ('3', '5')"
"""Kinds of guarantee that a natural person stands behind."""


def measure(
    lake: Lake,
    institution: str,
    *,
    months: str | None = None,
    last: int = 3,
    own: OwnTable | None = None,
    collected: Mapping[str, float] | None = None,
    on: date,
    thresholds: Thresholds | None = None,
) -> Measured:
    """Measure an institution's reports.

    Parameters
    ----------
    lake
        Where they were taken in.
    institution
        14-digit code.
    months, last
        ``2024-01..2024-03``, or how many months up to the last one reported.
    own, collected
        The institution's own distributions and collection rates.
    on
        Day of the judgement.
    thresholds
        The usual ones if omitted.

    Raises
    ------
    ContractsError
        For an institution or months of which the lake holds nothing.
    """
    limits = thresholds or Thresholds()
    with open_scope(lake, institution, months, last) as scope:
        hits, waivers = find_hits(scope, on)
        batches, shared = find_batches(scope)
        cases = [*_hit_cases(scope), *_unreported(scope), *_unguaranteed(scope)]
        missing = {month: _missing(scope, month) for month in scope.present}
        cases += [case for found in missing.values() for case in found]
        rederived, differing = _rederive(scope, limits)
        rules = Counter(case.rule_id for case in cases if case.contract == "account")
        nulls = _one(
            scope,
            "SELECT count(*) FILTER (name_masked IS NULL OR id_kind IS NULL OR id_no_hmac IS NULL) "
            f"FROM guarantors WHERE _at >= {sql_text(scope.months.first)}",
        )
        return Measured(
            institution=institution,
            name=_name(scope),
            months=scope.months,
            row=months_in_a_row(scope.present),
            by_month=tuple(
                _month(scope, month, batches, len(missing.get(month, ())), limits)
                for month in scope.months.all
            ),
            batches=batches,
            unknown_batches=shared,
            fills=_fills(scope, collected or {}),
            guarantors=_one(
                scope,
                f"SELECT count(*) FROM guarantors WHERE _at >= {sql_text(scope.months.first)}",
            ),
            faulty_guarantors=nulls + sum(batch.guarantors for batch in batches),
            unguaranteed=rules["GL-05"],
            unreported=rules["GL-03"],
            distributions=None
            if own is None
            else compare_all(scope.connection, own, scope.months.last, limits),
            odd_dates=_odd_dates(scope),
            large_limits=large_limits(
                scope.connection,
                "judged",
                limits.limit_caps_cents,
                quantile=limits.limit_quantile,
            ),
            hits=hits,
            waivers=waivers,
            rederived=rederived,
            collected=collected is not None,
            cases=tuple(cases) + differing,
        )


def _one(scope: Scope, sql: str) -> int:
    return int(scope.connection.execute(sql).fetchall()[0][0])


def _name(scope: Scope) -> str | None:
    found = scope.connection.execute(
        f"SELECT name FROM {scope.lake.latest_sql('institution')} AS i WHERE institution_code = ? "
        "ORDER BY changed_on DESC LIMIT 1",
        [scope.institution],
    ).fetchall()
    return str(found[0][0]) if found else None


def _month(
    scope: Scope,
    month: date,
    batches: tuple[BatchFigures, ...],
    missing: int,
    limits: Thresholds,
) -> MonthFigures:
    due_by = next_month(month) + timedelta(days=limits.late_after_days - 1)
    within = f"date_trunc('month', _at) = {sql_text(month)}"
    new = f"{within} AND date_trunc('month', opened_on) = {sql_text(month)} AND {_PERSONS}"
    received, late = _received(scope, month, due_by)
    return MonthFigures(
        month=month,
        accounts=_one(scope, f"SELECT count(*) FROM months WHERE {within}"),
        new_accounts=_one(scope, f"SELECT count(*) FROM months WHERE {new}"),
        borrowers=_one(scope, f"SELECT count(*) FROM borrowers WHERE {within}"),
        guarantors=_one(scope, f"SELECT count(*) FROM guarantors WHERE {within}"),
        quarantined=in_month(batches, month, scope.months),
        hits=_one(scope, f"SELECT count(*) FROM hits WHERE month = {sql_text(month)}"),
        waived=_one(scope, f"SELECT count(*) FROM hits WHERE month = {sql_text(month)} AND waived"),
        late=late,
        received_on=received,
        due_by=due_by,
        missing=missing,
    )


def _received(scope: Scope, month: date, due_by: date) -> tuple[date | None, int]:
    """Last day on which a record of the month first came, and how many came late.

    A correction is not late: the first version counts. Records that moved to another account key are
    left out, for they came under the old one.
    """
    moved = [c.batch for c in scope.lake.commits() if c.rekeyed.get("credit_month")]
    listed = ", ".join(map(sql_text, ["", *moved]))
    rows = scope.connection.execute(
        f"""SELECT max(first_known), count(*) FILTER (first_known > {sql_text(due_by)})
            FROM (SELECT min(_known) AS first_known, arg_min(_batch, _version) AS batch
                  FROM {scope.lake.relation("credit_month")} AS r
                  SEMI JOIN (SELECT * FROM months WHERE date_trunc('month', _at) = {sql_text(month)})
                  USING (institution_code, business, account_no, bill_on)
                  GROUP BY institution_code, business, account_no, bill_on)
            WHERE batch NOT IN ({listed})"""
    ).fetchall()
    return rows[0][0], int(rows[0][1])


def _fills(scope: Scope, collected: Mapping[str, float]) -> tuple[Fill, ...]:
    """Fill rates of natural persons; enterprises have no such segments."""
    persons = f"(SELECT * FROM judged WHERE {_PERSONS})"
    by_month = [fill_rates(scope.connection, persons, "borrowers", m) for m in scope.present]
    return tuple(
        Fill(rates[0].segment, rates[0].item, rates, collected.get(rates[0].item))
        for rates in zip(*by_month, strict=True)
    )


def _odd_dates(scope: Scope) -> int:
    return _one(
        scope,
        "SELECT count(DISTINCT (business, account_no)) FROM judged WHERE "
        f"opened_on < {sql_text(EARLIEST_OPENING)} OR "
        f"date_diff('month', opened_on, due_on) > {LONGEST_YEARS * 12}",
    )


def _hit_cases(scope: Scope) -> list[Case]:
    rows = scope.connection.execute(
        "SELECT rule_id, contract, month, _key FROM hits WHERE NOT waived ORDER BY ALL"
    ).fetchall()
    return [Case(*row) for row in rows]


def _account(business: str, account_no: str) -> str:
    return f"{business}|{account_no}"


def _missing(scope: Scope, month: date) -> list[Case]:
    """GL-01; a month that is missing as a whole is XM-02's."""
    found = missing_accounts(scope.connection, "months", month)
    return [Case("GL-01", "account", month, _account(b, a)) for _, b, a in found]


def _unreported(scope: Scope) -> list[Case]:
    """GL-03: first reports in the judged months that came without the borrower."""
    persons = f"(SELECT * FROM months WHERE {_PERSONS})"
    found = unreported_borrowers(scope.connection, persons, "borrowers")
    new = set(
        scope.connection.execute(
            "SELECT business, account_no FROM months GROUP BY ALL "
            f"HAVING min(bill_on) >= {sql_text(scope.months.first)}"
        ).fetchall()
    )
    return [Case("GL-03", "account", None, _account(b, a)) for _, b, a in found if (b, a) in new]


def _unguaranteed(scope: Scope) -> list[Case]:
    """GL-05: first reports that a natural person guarantees and that name no guarantor."""
    found = scope.connection.execute(
        f"""WITH first AS (
              SELECT business, account_no, min(bill_on) AS bill_on,
                     arg_min(guarantee_kind, bill_on) AS guarantee_kind
              FROM months GROUP BY ALL HAVING min(bill_on) >= {sql_text(scope.months.first)})
            SELECT CAST(date_trunc('month', bill_on) AS DATE), business, account_no FROM first
            ANTI JOIN guarantors AS g ON g.business = first.business
              AND g.account_no = first.account_no
              AND date_trunc('month', g.reported_on) = date_trunc('month', first.bill_on)
            WHERE {_GUARANTEED} ORDER BY ALL"""
    ).fetchall()
    return [Case("GL-05", "account", month, _account(b, a)) for month, b, a in found]


def _rederive(scope: Scope, limits: Thresholds) -> tuple[Rederived, tuple[Case, ...]]:
    """GL-06 on a seeded sample of the accounts whose whole life stands in their 24 months.

    Accounts with a 7 are passed over: seven letters do not tell how many periods stand behind it.
    """
    accounts = _one(scope, "SELECT count(DISTINCT (business, account_no)) FROM judged")
    eligible = (
        "(SELECT * FROM judged WHERE (business = '2' OR frequency = '03') AND "
        "regexp_full_match(status_24, '/+[*N1-6C]+') "
        "QUALIFY row_number() OVER (PARTITION BY business, account_no ORDER BY bill_on DESC) = 1)"
    )
    names = (
        "business", "account_no", "status_24", "due_on", "bill_on", "overdue_periods",
        "max_overdue_periods", "overdue_count", "months_left",
    )  # fmt: skip
    rows = scope.connection.execute(
        f"SELECT {', '.join(names)} FROM {eligible} AS e "
        f"ORDER BY md5(business || account_no || '{limits.seed}'), account_no LIMIT {limits.sample}"
    ).fetchall()
    differing: Counter[str] = Counter()
    cases = []
    for row in rows:
        record = dict(zip(names, row, strict=True))
        counts = derive(
            record["status_24"].lstrip("/"), due_on=record["due_on"], bill_on=record["bill_on"]
        )
        items = differences(record, counts)
        differing.update(items)
        if items:
            month = record["bill_on"].replace(day=1)
            key = _account(record["business"], record["account_no"])
            cases.append(Case("GL-06", "account", month, key))
    found = Rederived(
        accounts, _one(scope, f"SELECT count(*) FROM {eligible} AS e"), len(rows), dict(sorted(differing.items()))
    )  # fmt: skip
    return found, tuple(cases)
