"""Labels: what became of each decision, read from the lake's outcome and status records alone."""

from __future__ import annotations

import duckdb
import pandas as pd

from data_contracts.codes.loan_classes import status_digit
from data_contracts.intake.lake import Lake
from training.errors import TrainingError
from training.settings import OutcomeLabel, StatusLabel, TrainingSettings
from training.waterfall import Step, step

# The account contract tells when the decision was taken; that moment is the as-of date of every feature.
# Each form gives subject_id, as_of, is_bad, known (an outcome is on file), seen_until (null: the account has ended) and
# watched, the day after the last word of accounts that go on (where all have ended, every label is known).
_LOAN_OUTCOME = """
SELECT a.subject_id, CAST(a.opened_on AS DATE) AS as_of, o.status, CAST(o.outcome_on AS DATE) AS outcome_on
FROM {loan_account} a LEFT JOIN {loan_outcome} o USING (account_no)
"""
_CARD_OUTCOME = """
SELECT r.subject_id, max(CAST(r.bill_on AS DATE)) + 1 AS as_of, any_value(o.status) AS status,
       any_value(CAST(o.outcome_on AS DATE)) AS outcome_on
FROM {card_repayment} r LEFT JOIN {loan_outcome} o USING (account_no)
GROUP BY r.subject_id
"""
_BY_OUTCOME = """
SELECT subject_id, as_of, status IS NOT NULL AS known,
       coalesce(status = $bad_status AND outcome_on >= as_of AND outcome_on <= as_of + to_months($months), FALSE)
         AS is_bad,
       CASE WHEN status = 'PERFORMING' THEN outcome_on + 1 END AS seen_until, seen_until AS watched
FROM ({spine})
"""
_LOANS = "SELECT account_no, subject_id, CAST(opened_on AS DATE) AS as_of FROM {loan_account}"
_OWN_DATES = (
    "SELECT account_no, subject_id, min(CAST(opened_on AS DATE)) AS as_of FROM months GROUP BY ALL"
)
# A month's own letter is its last. The letters before it are read from the account's last month within the window, so
# that a month that was never reported counts as later told.
_BY_STATUS = """
WITH months AS (
  SELECT account_no, subject_id, opened_on, CAST(bill_on AS DATE) AS bill_on, status_24, five_class
  FROM {credit_month} WHERE business = $business
), decisions AS ({decisions}),
within AS (
  SELECT d.account_no, d.subject_id, d.as_of, m.bill_on, m.status_24, m.five_class
  FROM decisions d JOIN months m USING (account_no, subject_id)
  WHERE m.bill_on > d.as_of AND m.bill_on <= d.as_of + to_months($months)
), told AS (
  SELECT account_no, subject_id, as_of, right(status_24, 1) AS letter, five_class FROM within
  UNION ALL
  SELECT account_no, subject_id, as_of, substr(status_24, i, 1), NULL
  FROM (SELECT * FROM within QUALIFY row_number() OVER (PARTITION BY account_no, subject_id ORDER BY bill_on DESC) = 1),
       range(1, 25) t(i)
  WHERE date_trunc('month', bill_on) - to_months(CAST(24 - i AS INTEGER)) > date_trunc('month', as_of)
), worst AS (
  SELECT account_no, subject_id,
         bool_or((letter BETWEEN $digit AND '7') OR contains($letters, letter)
                 OR ($five_class AND coalesce(five_class IN ('3', '4', '5'), FALSE))) AS is_bad
  FROM told GROUP BY ALL
), ends AS (
  SELECT account_no, subject_id, max(bill_on) AS last_bill, arg_max(right(status_24, 1), bill_on) AS last_letter
  FROM months GROUP BY ALL
)
SELECT d.subject_id, d.as_of, e.last_bill IS NOT NULL AS known, coalesce(w.is_bad, FALSE) AS is_bad,
       CASE WHEN e.last_letter NOT IN ('C', 'G') THEN CAST(last_day(e.last_bill) AS DATE) + 1 END AS seen_until,
       CAST(last_day(e.last_bill) AS DATE) + 1 AS watched
FROM decisions d LEFT JOIN worst w USING (account_no, subject_id) LEFT JOIN ends e USING (account_no, subject_id)
"""


def current(lake: Lake, contract: str, key: str) -> str:
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


def _by_outcome(lake: Lake, label: OutcomeLabel) -> tuple[str, dict[str, object]]:
    outcomes = current(lake, "loan_outcome", "account_no")
    if label.decision == "loan_account":
        accounts = current(lake, "loan_account", "account_no")
        spine = _LOAN_OUTCOME.format(loan_account=accounts, loan_outcome=outcomes)
    else:
        bills = current(lake, "card_repayment", "account_no, bill_on")
        spine = _CARD_OUTCOME.format(card_repayment=bills, loan_outcome=outcomes)
    return _BY_OUTCOME.format(spine=spine), {
        "bad_status": label.bad_status,
        "months": label.months,
    }


def _by_status(lake: Lake, label: StatusLabel) -> tuple[str, dict[str, object]]:
    months = current(lake, "credit_month", "institution_code, business, account_no, bill_on")
    decisions = _OWN_DATES
    if label.decision == "loan_account":
        decisions = _LOANS.format(loan_account=current(lake, "loan_account", "account_no"))
    # The first digit that stands for more days past due than the limit: 4 for more than 90.
    return _BY_STATUS.format(credit_month=months, decisions=decisions), {
        "business": label.business,
        "months": label.months,
        "digit": status_digit(label.overdue_days + 1),
        "letters": label.letters,
        "five_class": label.five_class,
    }


def decisions_on_file(lake: Lake, settings: TrainingSettings) -> pd.DataFrame:
    """All decisions of a portfolio with what is known of their outcome.

    Returns
    -------
    DataFrame
        subject_id, as_of (datetime64), bad (int8, so far), known (an outcome is on file), mature (the records
        reach to the end of the label's months) and followed (and so does this account, unless it ended or is
        bad already), sorted by as-of date and subject.
    """
    label = settings.label
    if isinstance(label, OutcomeLabel):
        sql, parameters = _by_outcome(lake, label)
    else:
        sql, parameters = _by_status(lake, label)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        found: pd.DataFrame = connection.execute(
            f"""SELECT subject_id, CAST(as_of AS TIMESTAMP) AS as_of, CAST(is_bad AS TINYINT) AS bad, known,
                  watched_by_all IS NULL OR watched_by_all >= as_of + to_months($horizon) AS mature,
                  is_bad OR seen_until IS NULL OR seen_until >= as_of + to_months($horizon) AS followed
                FROM (SELECT *, max(watched) OVER () AS watched_by_all FROM ({sql}))
                WHERE starts_with(subject_id, $subjects) ORDER BY as_of, subject_id""",
            {**parameters, "horizon": label.months, "subjects": settings.subjects},
        ).df()
    return found


def label_decisions(
    lake: Lake, settings: TrainingSettings
) -> tuple[pd.DataFrame, tuple[Step, ...]]:
    """Subjects, as-of dates and labels of a portfolio, and how many decisions each step left.

    Parameters
    ----------
    lake : Lake
    settings : TrainingSettings
        Label, window, and how ids of the portfolio's subjects begin.

    Returns
    -------
    DataFrame
        Columns subject_id, as_of (datetime64), bad (int8: 1 = bad within the horizon), sorted by as-of date and
        subject.
    tuple of Step
        Decisions on file; with an outcome; within the window; whose label window had ended when the records end,
        bad or not, lest the newest months seem worse than they are; and that were followed to its end.

    Raises
    ------
    TrainingError
        When the lake lacks the records, or a step leaves nothing.
    """
    return _narrowed(decisions_on_file(lake, settings), settings)


def _narrowed(
    rows: pd.DataFrame, settings: TrainingSettings
) -> tuple[pd.DataFrame, tuple[Step, ...]]:
    steps: tuple[Step, ...] = ()

    def narrow(id: str, zh: str, en: str, part: pd.DataFrame, hint: str) -> pd.DataFrame:
        nonlocal steps
        steps = step(steps, id, zh, en, len(part), int(part["bad"].sum()))
        if part.empty:
            raise TrainingError(f"{settings.portfolio}: no decision is left: {en}.", hint)
        return part

    rows = narrow(
        "decisions", "在库的授信决定", "decisions on file", rows, "take the portfolio's records in"
    )
    first, last = rows["as_of"].min().date(), rows["as_of"].max().date()
    rows = narrow(
        "outcome", "有结果记录", "with an outcome on file", rows[rows["known"]], "take outcomes in"
    )
    window, day = settings.window, rows["as_of"]
    inside = pd.Series(True, index=rows.index)
    if window.start:
        inside &= day >= pd.Timestamp(window.start)
    if window.end:
        inside &= day < pd.Timestamp(window.end)
    rows = narrow(
        "window",
        "在观察窗口内",
        "within the window",
        rows[inside],
        f"window.start and window.end; decisions on file are of {first} to {last}",
    )
    months = settings.label.months
    rows = narrow(
        "mature",
        f"满 {months} 个月表现期",
        f"whose {months} months had ended when the records end",
        rows[rows["mature"]],
        "take newer outcomes in, or shorten label.months",
    )
    rows = narrow(
        "followed",
        "表现期内记录完整",
        "followed to the end of the months, or closed",
        rows[rows["followed"]],
        "take the missing months in",
    )
    return rows[["subject_id", "as_of", "bad"]].reset_index(drop=True), steps


def labelled_spine(lake: Lake, settings: TrainingSettings) -> pd.DataFrame:
    """The labelled decisions of :func:`label_decisions` alone."""
    return label_decisions(lake, settings)[0]
