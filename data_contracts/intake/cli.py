"""`xinqiao contracts intake`, `feedback`, `batches`, `reviews` and `waive`, to be registered by the room's app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.terminal import told

if TYPE_CHECKING:
    from data_contracts.intake.batch import IntakeResult
    from data_contracts.intake.load import IntakeResult as PortfolioResult

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment; made if absent.")
]
_DEFAULT = Path("var/demo")


def intake(
    file: Annotated[str, typer.Argument(help="A supplier's file, or the name of a portfolio.")],
    contract: Annotated[
        str | None, typer.Option(help="Contract of the records; see `list`.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping (YAML); shipped ones by their name alone.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option(help="File of a portfolio; the shipped one if absent.")
    ] = None,
    supplier: Annotated[str | None, typer.Option(help="Code of the supplier.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Period: 2024, 2024Q1, 2024-05 or 2024-05-31.")
    ] = None,
    serial: Annotated[str | None, typer.Option(help="Serial of the batch within it; 1.")] = None,
    public_source: Annotated[
        str | None, typer.Option(help="Where the records were lawfully published.")
    ] = None,
    workspace: WorkspaceOption = _DEFAULT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the file and commit nothing.")
    ] = False,
    feedback: Annotated[Path | None, typer.Option(help="Folder for the feedback file.")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook without a mapping.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a text without a mapping: utf-8 or gb18030.")
    ] = None,
    header_row: Annotated[
        int | None, typer.Option(min=1, help="Line of the header of a file without a mapping.")
    ] = None,
) -> None:
    """Take a supplier's file into the record lake, whole or not at all."""
    with told() as console:
        from data_contracts.errors import ContractsError
        from data_contracts.intake.engine import intake_file
        from data_contracts.intake.feedback import write_feedback
        from data_contracts.intake.lake import Lake
        from data_contracts.intake.readers import ReadOptions
        from data_contracts.portfolios import PORTFOLIOS
        from data_contracts.progress import bars
        from data_contracts.workspace import Workspace

        options = None
        if sheet is not None or encoding is not None or header_row is not None:
            options = ReadOptions(encoding=encoding or "auto", header_row=header_row, sheet=sheet)
        place = Workspace(workspace)
        if file in PORTFOLIOS and not Path(file).exists():
            if options is not None:
                raise ContractsError(
                    "a portfolio says how its file is read.",
                    expected="no sheet, encoding or header row",
                )
            _portfolio(console, file, source, place, dry_run)
            return
        with bars(console) as progress:
            result = intake_file(
                file, contract, place, mapping=_shipped(mapping), supplier=supplier,
                period=period, serial=serial, public_source=public_source, dry_run=dry_run,
                progress=progress, options=options,
            )  # fmt: skip
        _print_result(console, result)
        if feedback is not None and not dry_run:
            path = write_feedback(Lake(place.lake_dir), result.batch, feedback)
            console.print(f"反馈文件 Feedback: {path}", highlight=False)
        elif result.quarantined and not dry_run:
            console.print(
                f"反馈 Feedback: xinqiao contracts feedback {result.batch[:12]} -w {workspace}",
                highlight=False,
            )


def _shipped(mapping: Path | None) -> Path | None:
    """A mapping by its path; one that is shipped also by its bare name."""
    if mapping is None or mapping.exists() or mapping.suffix:
        return mapping
    beside = Path(__file__).parents[1] / "mappings" / f"{mapping.name}.yaml"
    return beside if beside.exists() else mapping


def _portfolio(console: Any, name: str, source: Path | None, workspace: Any, dry_run: bool) -> None:
    from data_contracts.intake.load import check_portfolio, load_portfolio
    from data_contracts.intake.validate import rules_of
    from data_contracts.portfolios import portfolio
    from data_contracts.progress import bars

    with bars(console) as progress:
        if dry_run:
            result = check_portfolio(name, source, progress)
        else:
            result = load_portfolio(name, workspace, source, progress)
    texts = {r.rule_id: (r.text_zh, r.text_en, "", "") for r in rules_of(portfolio(name))}
    _print_portfolio(console, result, dry_run, texts)


def _print_portfolio(
    console: Any, result: PortfolioResult, dry_run: bool, texts: dict[str, Any]
) -> None:
    state = "judged, not committed" if dry_run else "committed"
    if result.repeated:
        state = "had been taken in before; nothing was written"
    console.print(
        f"{result.portfolio}: {result.rows:,} rows, {result.accepted:,} accepted, "
        f"{result.quarantined:,} quarantined; {state} (batch {result.batch[:12]})",
        highlight=False,
    )
    _print_records(console, result.records, result.unchanged)
    _print_rules(console, "隔离 Quarantined rows by rule", result.by_rule, texts)
    _print_rules(console, "待核 Records under review by rule", result.reviewed, texts)


def _print_result(console: Any, result: IntakeResult) -> None:
    state = "judged, not committed" if result.dry_run else "committed"
    if result.repeated:
        state = "had been taken in before; nothing was written"
    counts = [
        f"{count:,} {name}"
        for name, count in (
            ("accepted", result.accepted), ("quarantined", result.quarantined),
            ("unchanged", result.unchanged), ("deleted", result.deleted), ("rekeyed", result.rekeyed),
        )
        if count or name in ("accepted", "quarantined")
    ]  # fmt: skip
    console.print(
        f"{result.name} → {result.contract}: {result.rows:,} rows, {', '.join(counts)}; {state} "
        f"(batch {result.batch[:12]})",
        highlight=False,
    )
    if result.supersedes:
        console.print(f"It replaces batch {result.supersedes[:12]}.", highlight=False)
    if len(result.records) > 1:
        _print_records(console, result.records, {})
    _print_rules(console, "隔离 Quarantined rows by rule", result.by_rule, result.texts)
    _print_rules(console, "待核 Records under review by rule", result.reviewed, result.texts)


def _print_records(console: Any, records: Any, unchanged: Any) -> None:
    from rich.table import Table

    if not records:
        return
    table = Table(title="记录 Records", title_justify="left")
    for name in ("contract", "written", "unchanged"):
        table.add_column(name, justify="left" if name == "contract" else "right")
    for name, count in records.items():
        table.add_row(name, f"{count:,}", f"{unchanged.get(name, 0):,}")
    console.print(table)


def _print_rules(console: Any, title: str, counts: Any, texts: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    if not counts:
        return
    table = Table(title=title, title_justify="left")
    table.add_column("rows", justify="right")
    for name in ("rule id", "规则 rule", "处理 hint"):
        table.add_column(name, overflow="fold")
    for rule, count in counts.items():
        told = texts.get(rule) or ("", "", "", "")
        cells = (rule, f"{told[0]}\n{told[1]}", f"{told[2]}\n{told[3]}".strip())
        table.add_row(f"{count:,}", *(Text(cell) for cell in cells))
    console.print(table)


def feedback(
    batch: Annotated[str | None, typer.Argument(help="First digits of the batch's digest.")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="The latest batch.")] = False,
    out: Annotated[Path, typer.Option(help="Folder, or CSV file, to write.")] = Path("."),
    workspace: WorkspaceOption = _DEFAULT,
) -> None:
    """Write the feedback of a batch: its quarantined rows in the supplier's own column names."""
    with told() as console:
        from data_contracts.errors import ContractsError
        from data_contracts.intake.feedback import find_batch, write_feedback
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace

        if (batch is None) != latest:
            raise ContractsError("which batch?", expected="the digits of one, or --latest")
        lake = Lake(Workspace(workspace).lake_dir)
        path = write_feedback(lake, find_batch(lake, batch).batch, out)
        console.print(f"反馈文件 Feedback: {path}", highlight=False)


def batches(workspace: WorkspaceOption = _DEFAULT) -> None:
    """List the batches that were taken in, with their identity and whether they stand."""
    with told() as console:
        from rich.table import Table
        from rich.text import Text

        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace

        lake = Lake(Workspace(workspace).lake_dir)
        standing = {commit.batch for commit in lake.standing()}
        table = Table(title="批次 Batches", title_justify="left")
        for name in ("batch", "received", "what", "supplier", "period", "serial", "file", "state"):
            table.add_column(name, overflow="fold")
        for name in ("rows", "quarantined"):
            table.add_column(name, justify="right")
        for commit in lake.commits():
            who, note = commit.identity, commit.note
            table.add_row(
                commit.batch[:12], f"{commit.received_on}",
                Text(str(note.get("contract") or note.get("portfolio") or note.get("name") or "")),
                who.supplier if who else str(note.get("supplier") or ""), who.period if who else "",
                who.serial if who else "", Text(str(note.get("file", ""))),
                "有效 stands" if commit.batch in standing else "已替换 superseded",
                f"{note.get('rows', ''):,}" if "rows" in note else "",
                f"{note.get('quarantined', ''):,}" if "quarantined" in note else "",
            )  # fmt: skip
        console.print(table)


def reviews(
    contract: Annotated[str | None, typer.Option(help="Only records of this contract.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only hits of this rule; lists them.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most hits to list.")] = 50,
    workspace: WorkspaceOption = _DEFAULT,
) -> None:
    """Show which records stand under review, and which hits were waived."""
    with told() as console:
        from rich.table import Table
        from rich.text import Text

        from data_contracts.intake.lake import Lake
        from data_contracts.intake.waive import reviews as found_reviews
        from data_contracts.workspace import Workspace

        found = found_reviews(Lake(Workspace(workspace).lake_dir), contract=contract)
        counts: dict[tuple[str, str, str], int] = {}
        for row in found.select(["contract", "rule_id", "state"]).to_pylist():
            group = (row["contract"], row["rule_id"], row["state"])
            counts[group] = counts.get(group, 0) + 1
        table = Table(title="待核与豁免 Reviews and waivers", title_justify="left")
        for name in ("contract", "rule id", "state"):
            table.add_column(name, overflow="fold")
        table.add_column("hits", justify="right")
        for group, count in sorted(counts.items()):
            table.add_row(*group, f"{count:,}")
        console.print(table)
        if rule is None:
            return
        listed = Table(title=rule, title_justify="left")
        for name in ("batch", "line", "column", "state", "reason", "by", "on"):
            listed.add_column(name, overflow="fold")
        hits = [row for row in found.to_pylist() if row["rule_id"] == rule]
        for row in hits[:limit]:
            cells = (
                row["batch"][:12], row["line"], row["column"], row["state"], row["reason"] or "",
                row["waived_by"] or "", row["waived_on"] or "",
            )  # fmt: skip
            listed.add_row(*(Text(str(cell)) for cell in cells))
        console.print(listed)


def waive(
    rule: Annotated[str, typer.Argument(help="Rule that was hit, such as LR-09.")],
    reason: Annotated[str, typer.Option(help="Why the hit is real business.")],
    by: Annotated[str, typer.Option(help="Who judged it.")],
    institution: Annotated[str, typer.Option(help="14-digit code of the institution.")],
    batch: Annotated[str | None, typer.Option(help="First digits of the batch.")] = None,
    line: Annotated[int | None, typer.Option(min=1, help="Line of the record in it.")] = None,
    contract: Annotated[str | None, typer.Option(help="Contract of the record.")] = None,
    key: Annotated[str | None, typer.Option(help="Key values joined by |.")] = None,
    workspace: WorkspaceOption = _DEFAULT,
) -> None:
    """Record that a hit of a rule is real business: reason, by whom and when."""
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.intake.waive import waive as record
        from data_contracts.workspace import Workspace

        place = Workspace(workspace)
        digest = record(
            Lake(place.lake_dir), rule, reason=reason, by=by, on=place.today(),
            institution=institution, batch=batch, line=line, contract=contract, key=key,
        )  # fmt: skip
        console.print(f"{rule}: 已豁免 waived (batch {digest[:12]})", highlight=False)
