"""Accept an institution's reports: measure, judge, write the report, record the result."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.acceptance.judge import Confirmation, Judgement, judge
from data_contracts.acceptance.measure import measure
from data_contracts.acceptance.record import RECORDED, Acceptance, row_of
from data_contracts.acceptance.report import report
from data_contracts.acceptance.settings import Thresholds
from data_contracts.acceptance.tables import read_collected, read_own_table
from data_contracts.checks import sql_text
from data_contracts.documents import Lang, render_html, render_pdf
from data_contracts.errors import ContractsError
from data_contracts.intake.feedback import safe
from data_contracts.intake.lake import Lake
from data_contracts.platform.acceptance import Acceptance as AcceptanceContract
from data_contracts.rules.comparison import Cause
from data_contracts.workspace import Workspace

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
CASES_HEADER = ("规则 rule", "记录 contract", "月份 month", "主键 key")


@dataclass(frozen=True)
class Accepted:
    """What an acceptance came to.

    Parameters
    ----------
    acceptance
        Figures and judgement; its day and person are those of the record if there is one.
    files
        Reports and case list that were written.
    report_digest
        SHA-256 of the Chinese PDF.
    recorded, repeated
        Whether a record stands in the lake, and whether it stood there before.
    """

    acceptance: Acceptance
    files: tuple[Path, ...]
    report_digest: str
    recorded: bool
    repeated: bool

    @property
    def judgement(self) -> Judgement:
        """Result and reasons."""
        return self.acceptance.judgement


def accept(
    workspace: Workspace,
    institution: str,
    *,
    months: str | None = None,
    last: int = 3,
    own_table: Path | None = None,
    collected: Path | None = None,
    causes: Mapping[str, Cause] | None = None,
    confirmations: Mapping[str, Confirmation] | None = None,
    by: str | None = None,
    on: date | None = None,
    out: Path | None = None,
    dry_run: bool = False,
    thresholds: Thresholds | None = None,
) -> Accepted:
    """Run the acceptance of an institution's credit reporting.

    The same data, tables, causes and thresholds give the same acceptance number; run again, nothing is
    written to the lake and the report is that of the record, byte by byte. A pending judgement is not
    recorded.

    Parameters
    ----------
    workspace
        Where the lake is.
    institution
        14-digit code.
    months, last
        ``2024-01..2024-03``, or how many months up to the last one reported.
    own_table, collected
        Tables of the institution; see :mod:`data_contracts.acceptance.tables`.
    causes
        Cause of each deviation by ``RULE`` or ``RULE:SUBJECT``.
    confirmations
        Who saw which procedure done.
    by, on
        Who judges, and when; today if omitted.
    out
        Folder of the report; ``reports/acceptance`` of the workspace if omitted.
    dry_run
        Record nothing; write the report only where ``out`` is given.
    thresholds
        The usual ones if omitted.

    Raises
    ------
    ContractsError
        For an institution, months or tables that cannot be used, or a folder that cannot be written.
    """
    if by is not None and not 1 <= len(by.strip()) <= 60:
        raise ContractsError("this is no name.", expected="1 to 60 characters", column="--by")
    limits, day = thresholds or Thresholds(), on or workspace.today()
    own = read_own_table(own_table) if own_table is not None else None
    rates = read_collected(collected) if collected is not None else None
    lake = Lake(workspace.lake_dir)
    measured = measure(
        lake, institution, months=months, last=last, own=own, collected=rates, on=day,
        thresholds=limits,
    )  # fmt: skip
    judged = judge(measured, limits, causes)
    found = Acceptance(measured, judged, limits, confirmations or {}, by, day, draft=dry_run)
    records = judged.result in RECORDED and not dry_run
    earlier = _earlier(lake, found.number) if records else None
    if earlier is not None:
        found = replace(found, by=earlier[0], on=earlier[1])
    folder = out if out is not None else workspace.reports_dir / "acceptance"
    files: tuple[Path, ...] = ()
    pdf = render_pdf(report(found, "zh"), "zh")
    digest = hashlib.sha256(pdf).hexdigest()
    if out is not None or not dry_run:
        files = _write(found, Path(folder), pdf)
    if records and earlier is None:
        _record(lake, found, digest)
    return Accepted(found, files, digest, records, earlier is not None)


def query_rights(lake: Lake, institution: str, as_of: date) -> bool:
    """Whether an institution may query on a day (GL-08).

    It may from the day of an acceptance on that was passed over three or more months in a row, as far as
    the lake knew of it by that day. A later acceptance that fails closes nothing by itself; an acceptance
    that is withdrawn does.
    """
    relation = lake.relation("acceptance")
    if relation is None:
        return False
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""SELECT count(*) FROM (
                  SELECT * FROM {relation} WHERE _known <= ? AND institution_code = ?
                  QUALIFY row_number() OVER (PARTITION BY acceptance_no ORDER BY _version DESC) = 1)
                WHERE NOT _withdrawn AND result = 'passed' AND accepted_on <= ?
                  AND coalesce(query_from, accepted_on) <= ? AND contract = 'credit_month'
                  AND months >= 3
                  AND date_diff('month', first_month, last_month) + 1 = months""",
            [as_of, institution, as_of, as_of],
        ).fetchall()
    return bool(found[0][0])


def _earlier(lake: Lake, number: str) -> tuple[str | None, date] | None:
    """Who recorded this very acceptance, and when."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT accepted_by, accepted_on FROM {lake.latest_sql('acceptance')} AS a "
            f"WHERE acceptance_no = {sql_text(number)}"
        ).fetchall()
    return (found[0][0], found[0][1]) if found else None


def _record(lake: Lake, acceptance: Acceptance, report_digest: str) -> None:
    row = row_of(acceptance, report_digest)
    try:
        AcceptanceContract.model_validate(row)
    except ValueError as error:  # pydantic's own error would repeat values
        raise ContractsError("the acceptance does not fit its contract.") from error
    table = pa.Table.from_pylist([row], schema=AcceptanceContract.arrow_schema())
    table = table.append_column("_known", pa.array([acceptance.on], pa.date32()))
    table = table.append_column("_line", pa.array([1], pa.int64()))
    batch = hashlib.sha256(f"acceptance\n{acceptance.number}\n{acceptance.digest}".encode())
    lake.commit(
        {"acceptance": table}, batch.hexdigest(), received_on=acceptance.on,
        note={"name": "acceptance", "institution": acceptance.measured.institution},
    )  # fmt: skip


def _write(acceptance: Acceptance, folder: Path, chinese: bytes) -> tuple[Path, ...]:
    """Write both languages as PDF and HTML, and the case list, readable by the owner alone."""
    stem = acceptance.number
    contents: dict[str, bytes] = {f"{stem}.zh.pdf": chinese}
    for lang in LANGUAGES:
        document = report(acceptance, lang)
        contents[f"{stem}.{lang}.html"] = render_html(document, lang).encode()
        if lang != "zh":
            contents[f"{stem}.{lang}.pdf"] = render_pdf(document, lang)
    if acceptance.measured.cases:
        contents[f"{stem}.cases.csv"] = _cases(acceptance)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in contents.items():
            part = folder / f"{name}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(data)
            if not name.endswith(".csv"):
                part.chmod(0o644)
            os.replace(part, folder / name)
    except OSError as error:
        raise ContractsError(
            f"the report cannot be written: {error.strerror or 'a fault of the disk'}.", file=folder
        ) from error
    return tuple(folder / name for name in contents)


def _cases(acceptance: Acceptance) -> bytes:
    """Accounts behind the figures, by the institution's own numbers."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(CASES_HEADER)
    for case in acceptance.measured.cases:
        month = f"{case.month:%Y-%m}" if case.month else ""
        writer.writerow([case.rule_id, case.contract, month, safe(case.key)])
    return stream.getvalue().encode("utf-8-sig")
