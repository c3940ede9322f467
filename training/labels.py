"""Labels: what became of each account, read from the lake's outcome records alone."""

from __future__ import annotations

import duckdb
import pandas as pd

from data_contracts.intake.lake import Lake
from training.errors import TrainingError
from training.settings import TrainingSettings

# The account contract tells when the decision was taken; that moment is the as-of date of every feature.
_ENTERPRISE_SPINE = """
SELECT a.subject_id, CAST(a.opened_on AS DATE) AS as_of, o.status, CAST(o.outcome_on AS DATE) AS outcome_on
FROM {loan_account} a JOIN {loan_outcome} o USING (account_no)
"""
_INDIVIDUAL_SPINE = """
SELECT r.subject_id, max(CAST(r.bill_on AS DATE)) + 1 AS as_of, any_value(o.status) AS status,
       any_value(CAST(o.outcome_on AS DATE)) AS outcome_on
FROM {card_repayment} r JOIN {loan_outcome} o USING (account_no)
GROUP BY r.subject_id
"""


def _current(lake: Lake, contract: str, key: str) -> str:
    """SQL of a contract's newest versions (labels may know everything; features may not)."""
    relation = lake.relation(contract)
    if relation is None:
        raise TrainingError(
            f"The lake holds no {contract} records.",
            "take the portfolio in first: xinqiao contracts intake",
        )
    return (
        f"(SELECT * FROM (SELECT * FROM {relation} QUALIFY row_number() OVER "
        f"(PARTITION BY {key} ORDER BY _known DESC, _version DESC) = 1) WHERE NOT _withdrawn)"
    )


def labelled_spine(lake: Lake, settings: TrainingSettings) -> pd.DataFrame:
    """Subjects, as-of dates and labels of a portfolio, sorted by as-of date and subject.

    Parameters
    ----------
    lake : Lake
    settings : TrainingSettings
        The label's status, horizon, and which records tell the as-of date: the approval date of a
        loan account, or the day after the last closed statement of a card account. Only subjects of its
        kind are taken.

    Returns
    -------
    DataFrame
        Columns subject_id, as_of (datetime64), bad (int8: 1 = bad within the horizon).

    Raises
    ------
    TrainingError
        When the lake lacks the records.
    """
    if settings.label.decision == "loan_account":
        sql = _ENTERPRISE_SPINE.format(
            loan_account=_current(lake, "loan_account", "account_no"),
            loan_outcome=_current(lake, "loan_outcome", "account_no"),
        )
    else:
        sql = _INDIVIDUAL_SPINE.format(
            card_repayment=_current(lake, "card_repayment", "account_no, bill_on"),
            loan_outcome=_current(lake, "loan_outcome", "account_no"),
        )
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        spine: pd.DataFrame = connection.execute(
            f"""SELECT subject_id, CAST(as_of AS TIMESTAMP) AS as_of,
                  CAST(status = ? AND outcome_on >= as_of AND outcome_on <= as_of + to_months(?) AS TINYINT) AS bad
                FROM ({sql}) WHERE starts_with(subject_id, ?) ORDER BY as_of, subject_id""",
            [settings.label.bad_status, settings.label.months, settings.subjects],
        ).df()
    return spine
