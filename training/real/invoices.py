"""Monthly sums of single invoices, as a tax bureau delivers them: the invoice features read months."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts.checks import sql_text
from data_contracts.intake.lake import Lake

_MONTHS = """
COPY (
WITH told AS (
  SELECT *, date_trunc('month', issued_on)::DATE AS month_on, status = 'valid' AS valid FROM {invoices}
),
partners AS (
  SELECT subject_id, direction, month_on, counterparty_id,
         sum(amount_cents) FILTER (amount_cents > 0)::BIGINT AS cents
  FROM told WHERE valid GROUP BY ALL
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY subject_id, direction, month_on ORDER BY cents DESC NULLS LAST, counterparty_id
  ) AS place
  FROM partners
),
shares AS (
  SELECT subject_id, direction, month_on, count(*) AS partners,
         max(cents) / sum(cents) AS top_share,
         sum(cents) FILTER (place <= 5) / sum(cents) AS top5_share
  FROM ranked GROUP BY ALL
),
sums AS (
  SELECT subject_id, direction, month_on, count(*) AS invoice_count,
         count(*) FILTER (NOT valid) AS void_count,
         count(*) FILTER (valid AND amount_cents < 0) AS red_count,
         coalesce(sum(amount_cents) FILTER (valid), 0)::BIGINT AS amount_cents,
         coalesce(sum(tax_cents) FILTER (valid), 0)::BIGINT AS tax_cents,
         coalesce(-sum(amount_cents) FILTER (valid AND amount_cents < 0), 0)::BIGINT AS red_cents,
         count(DISTINCT issued_on) AS active_days
  FROM told GROUP BY ALL
)
SELECT sums.*, partners, top_share, top5_share
FROM sums LEFT JOIN shares USING (subject_id, direction, month_on) ORDER BY ALL
) TO {file} (FORMAT parquet)
"""


def write_months(lake: Lake, file: Path) -> None:
    """Add a lake's invoices up by enterprise, direction and month, as records of the contract ``invoice_month``.

    Void invoices are counted and not added. A red-letter invoice lowers the amount, and is told apart. Shares of
    the largest counterparties are those of what was invoiced before reversals, so that they lie within 0 and 1.

    Parameters
    ----------
    lake : Lake
        Holds records of the contract ``invoice``.
    file : Path
        Parquet file to write.
    """
    with duckdb.connect() as connection:
        connection.execute(
            _MONTHS.format(invoices=lake.latest_sql("invoice"), file=sql_text(str(file)))
        )
