"""`xinqiao contracts`: the catalogue, and files taken in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from data_contracts.intake.load import IntakeResult

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Contracts, intake and the shipped portfolios."
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment; made if absent.")
]
_DEFAULT = Path("var/demo")


@contextmanager
def _told() -> Iterator[Any]:
    """A console, and errors as one red sentence instead of a traceback."""
    from rich.console import Console

    from data_contracts.errors import ContractsError

    console = Console()
    try:
        yield console
    except ContractsError as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error


@app.command("list")
def list_contracts() -> None:
    """List the contracts and the portfolios."""
    with _told() as console:
        from rich.table import Table

        from data_contracts.catalogue import CONTRACTS
        from data_contracts.portfolios import PORTFOLIOS

        table = Table(title="契约 Contracts", title_justify="left")
        table.add_column("name", no_wrap=True)
        for name in ("标题", "title", "supplier", "key", "event", "sensitivity", "items"):
            table.add_column(name, overflow="fold")
        for contract in CONTRACTS:
            about = contract.about
            table.add_row(
                f"{about.name} v{about.version}", about.title_zh, about.title_en, about.supplier_en,
                " + ".join(about.key), about.event, about.sensitivity, str(len(contract.columns())),
            )  # fmt: skip
        console.print(table)
        shipped = Table(title="数据组合 Portfolios", title_justify="left")
        for name in ("name", "标题", "title", "source", "licence", "contracts"):
            shipped.add_column(name, overflow="fold")
        for found in PORTFOLIOS.values():
            shipped.add_row(
                found.name, found.title_zh, found.title_en, found.source_en, found.licence,
                ", ".join(found.contracts),
            )  # fmt: skip
        console.print(shipped)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a contract, see `list`.")],
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema instead.")
    ] = False,
) -> None:
    """Show a contract: its items, their constraints and the rules that the intake applies."""
    with _told() as console:
        from data_contracts.catalogue import contract

        found = contract(name)
        if json_schema:
            console.print_json(data=found.json_schema(), ensure_ascii=False)
            return
        console.print(found.catalogue_line(), style="bold", markup=False, highlight=False)
        console.print(_items(found))
        console.print(_rules(found))


def _items(contract: type[Contract]) -> Any:
    from rich.table import Table

    table = Table(title="数据项 Items", title_justify="left")
    for name in ("item", "type", "标题", "title", "unit", "sensitivity", "codes"):
        table.add_column(name, overflow="fold")
    for column in contract.columns():
        item = column.item
        codes = ", ".join(f"{code} {zh}" for code, (zh, _) in item.codes.items())
        kind = column.kind.__name__ + (" or null" if column.nullable else "")
        table.add_row(
            column.name, kind, item.title_zh, item.title_en, item.unit, item.sensitivity, codes
        )
    return table


def _rules(contract: type[Contract]) -> Any:
    from rich.table import Table

    from data_contracts.checks import checks

    table = Table(title="规则 Rules", title_justify="left")
    for name in ("rule id", "规则", "rule"):
        table.add_column(name, overflow="fold")
    for check in checks(contract):
        table.add_row(check.rule_id, check.text_zh, check.text_en)
    return table


@app.command()
def intake(
    portfolio: Annotated[str, typer.Argument(help="Name of a portfolio, see `list`.")],
    source: Annotated[
        Path | None,
        typer.Option(help="File to take in (Parquet or CSV); the shipped one if absent."),
    ] = None,
    workspace: WorkspaceOption = _DEFAULT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge the file and commit nothing.")
    ] = False,
) -> None:
    """Take a portfolio's file into the record lake, whole or not at all."""
    with _told() as console:
        from data_contracts.intake.load import check_portfolio, load_portfolio
        from data_contracts.progress import bars
        from data_contracts.workspace import Workspace

        with bars(console) as progress:
            if dry_run:
                result = check_portfolio(portfolio, source, progress)
            else:
                result = load_portfolio(portfolio, Workspace(workspace), source, progress)
        _print_result(console, result, dry_run)


def _print_result(console: Any, result: IntakeResult, dry_run: bool) -> None:
    from rich.table import Table

    from data_contracts.intake.validate import rules_of
    from data_contracts.portfolios import portfolio

    state = "judged, not committed" if dry_run else "committed"
    if result.repeated:
        state = "had been taken in before; nothing was written"
    console.print(
        f"{result.portfolio}: {result.rows:,} rows, {result.accepted:,} accepted, "
        f"{result.quarantined:,} quarantined; {state} (batch {result.batch[:12]})",
        highlight=False,
    )
    if result.records:
        table = Table(title="记录 Records", title_justify="left")
        for name in ("contract", "written", "unchanged"):
            table.add_column(name, justify="left" if name == "contract" else "right")
        for name, count in result.records.items():
            table.add_row(name, f"{count:,}", f"{result.unchanged.get(name, 0):,}")
        console.print(table)
    if result.by_rule:
        texts = {rule.rule_id: rule for rule in rules_of(portfolio(result.portfolio))}
        table = Table(title="隔离 Quarantined rows by rule", title_justify="left")
        table.add_column("rows", justify="right")
        for name in ("rule id", "规则", "rule"):
            table.add_column(name, overflow="fold")
        for rule_id, count in result.by_rule.items():
            rule = texts.get(rule_id)  # None: the rule was dropped since that intake
            table.add_row(
                f"{count:,}", rule_id, rule.text_zh if rule else "", rule.text_en if rule else ""
            )
        console.print(table)


@app.command()
def sample(
    source: Annotated[Path, typer.Argument(help="Full file of the sba portfolio.")],
    out: Annotated[Path, typer.Argument(help="Parquet file to write.")],
    max_bytes: Annotated[int, typer.Option(min=1, help="Largest size of the sample.")] = 2_000_000,
) -> None:
    """Draw the sample of sba that is shipped: as many loans as fit a size, chosen by hash."""
    with _told() as console:
        from data_contracts.portfolios.sampling import write_sample

        with console.status("trying sizes") as status:
            loans = write_sample(
                source,
                out,
                max_bytes,
                lambda tried, size: status.update(f"{tried:,} loans take {size:,} bytes"),
            )
        console.print(f"{out}: {loans:,} loans, {out.stat().st_size:,} bytes", highlight=False)
