"""`xinqiao contracts accept`, to be registered by the room's app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from data_contracts.acceptance.accept import Accepted

_STYLES = {"ACCEPTED": "bold green", "NOT_ACCEPTED": "bold red", "PENDING": "bold yellow"}


def accept(
    institution: Annotated[str, typer.Argument(help="14-digit code of the institution.")],
    months: Annotated[
        str | None, typer.Option(help="Months to judge, such as 2024-01..2024-03.")
    ] = None,
    last: Annotated[
        int, typer.Option(min=1, max=120, help="Or: so many months up to the last one reported.")
    ] = 3,
    own_table: Annotated[
        Path | None,
        typer.Option(
            "--own-table", help="The institution's distributions: columns field, value, count."
        ),
    ] = None,
    collected: Annotated[
        Path | None,
        typer.Option("--collected", help="Its own collection rates: columns item, rate."),
    ] = None,
    cause: Annotated[
        list[str] | None,
        typer.Option(
            "--cause",
            help="Cause of a deviation: RULE=CAUSE or RULE:SUBJECT=CAUSE with EXTRACT, PROGRAM or "
            "BUSINESS; may be repeated.",
        ),
    ] = None,
    confirm: Annotated[
        list[str] | None,
        typer.Option("--confirm", help="A procedure seen done: GL-02=NAME@YYYY-MM-DD."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who judges.")] = None,
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="Folder of the deployment.")
    ] = Path("var/demo"),
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report; below the workspace if absent.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge, record nothing; a report only with --out.")
    ] = False,
) -> None:
    """Accept a lender's credit reporting: three months, fill rates, distributions, rule hits."""
    from rich.console import Console

    from data_contracts.errors import ContractsError

    try:
        from data_contracts.acceptance.accept import accept as run
        from data_contracts.acceptance.judge import parse_causes, parse_confirmations
        from data_contracts.workspace import Workspace

        found = run(
            Workspace(workspace), institution, months=months, last=last, own_table=own_table,
            collected=collected, causes=parse_causes(cause or []),
            confirmations=parse_confirmations(confirm or []), by=by, out=out, dry_run=dry_run,
        )  # fmt: skip
        _print(Console(), found, dry_run)
    except ContractsError as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error


def _print(console: Any, found: Accepted, dry_run: bool) -> None:
    from rich.table import Table

    from data_contracts.acceptance.record import RESULTS
    from data_contracts.acceptance.wording import effect

    acceptance, judgement = found.acceptance, found.judgement
    m, result = acceptance.measured, RESULTS[judgement.result]
    table = Table(title=f"验收 Acceptance {m.institution}", title_justify="left")
    table.add_column("月份 month")
    for name in ("账户 accounts", "隔离 quarantined", "待核 open", "豁免 waived", "迟报 late"):
        table.add_column(name, justify="right")
    for month in m.by_month:
        if month.present:
            open_hits = month.hits - month.waived
            counts = (month.accounts, month.quarantined, open_hits, month.waived, month.late)
            table.add_row(f"{month.month:%Y-%m}", *(f"{count:,}" for count in counts))
        else:
            table.add_row(f"{month.month:%Y-%m}", "未报送 missing", "", "", "", "")
    console.print(table)
    if judgement.findings:
        table = Table(title="理由与偏差 Reasons and deviations", title_justify="left")
        for name in ("规则 rule", "说明 what", "原因 cause", "影响 effect"):
            table.add_column(name, overflow="fold")
        for one in judgement.findings:
            state = effect(one)
            table.add_row(
                one.key, f"{one.text.zh}\n{one.text.en}", one.cause or "—", f"{state.zh} {state.en}"
            )
        console.print(table)
    console.print(f"{result.zh} {judgement.result}", style=_STYLES[judgement.result])
    if judgement.unused:
        console.print(
            f"没有对应偏差的原因 Causes that nothing asked for: {', '.join(judgement.unused)}",
            style="yellow",
            highlight=False,
        )
    console.print(_recorded(found, dry_run), highlight=False)
    for path in found.files:
        console.print(str(path), style="dim", markup=False, highlight=False, soft_wrap=True)


def _recorded(found: Accepted, dry_run: bool) -> str:
    number = found.acceptance.number
    if dry_run:
        return "试运行，未入档 Dry run: nothing was recorded."
    if not found.recorded:
        return "未判定，未入档 Pending: nothing was recorded."
    if found.repeated:
        return f"先前已入档 Was recorded before, {found.acceptance.on}: {number}"
    return f"已入档 Recorded: {number}"
