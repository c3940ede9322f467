"""`xinqiao city`: build a simulated city, look at it, take it into a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.terminal import told

if TYPE_CHECKING:
    from data_contracts.city.report import Report

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="A simulated city with a known truth: build it, look at it, load it.",
)

_OUT = Path("var/city")
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment; made if absent.")
]


@app.command()
def build(
    subjects: Annotated[
        int, typer.Option(help="Enterprises, sole traders, farmers, persons.")
    ] = 3000,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 1,
    months: Annotated[int, typer.Option(help="Months of records.")] = 36,
    start: Annotated[str, typer.Option(help="First month, YYYY-MM.")] = "2021-01",
    out: Annotated[Path, typer.Option(help="Folder to write; must be empty or absent.")] = _OUT,
    dirty: Annotated[float, typer.Option(help="Share of records made wrong.")] = 0.0,
    late: Annotated[float, typer.Option(help="Share of records that come late.")] = 0.0,
    corrected: Annotated[float, typer.Option(help="Share wrong at first, corrected later.")] = 0.0,
    shock_month: Annotated[
        int | None, typer.Option(help="Month (0 is the first) from which every loan is riskier.")
    ] = None,
    shock: Annotated[float, typer.Option(help="By how much, in log odds of default.")] = 1.0,
    through_intake: Annotated[
        bool, typer.Option("--through-intake", help="Take the city into the workspace's lake.")
    ] = False,
    workspace: WorkspaceOption = Path("var/simulated"),
) -> None:
    """Build a city: one file per contract, the truth, and a ledger of what was made wrong."""
    with told() as console:
        from data_contracts.city.build import build_city
        from data_contracts.city.clock import Settings
        from data_contracts.city.dirty import Wishes
        from data_contracts.city.report import report
        from data_contracts.progress import bars

        settings = Settings(
            subjects, seed, months, start, shock_month, shock if shock_month is not None else 0.0
        )
        with bars(console) as progress:
            build_city(settings, out, Wishes(dirty, late, corrected), progress)
        _print(console, out, report(out))
        if through_intake:
            _load(console, out, workspace)


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Folder of a city that was built.")],
    workspace: WorkspaceOption = Path("var/simulated"),
) -> None:
    """Take a city that was built into a workspace's lake."""
    with told() as console:
        _load(console, folder, workspace)


@app.command()
def show(folder: Annotated[Path, typer.Argument(help="Folder of a city that was built.")]) -> None:
    """Show a city's figures: subjects, defaults, Bayes-optimal AUC, records by contract."""
    with told() as console:
        from data_contracts.city.report import report

        _print(console, folder, report(folder))


@app.command()
def rules(
    folder: Annotated[Path, typer.Argument(help="Folder of a city built with --dirty.")],
) -> None:
    """Show precision and recall of every rule against the ledger of what was made wrong."""
    with told() as console:
        from rich.table import Table

        from data_contracts.city.quality import rule_quality

        table = Table(title="规则与账本 Rules and ledger", title_justify="left")
        table.add_column("rule", overflow="fold")
        for name in ("应查出 meant", "查出 caught", "命中 hits", "recall", "precision"):
            table.add_column(name, justify="right")
        table.add_column("不适用的原因 why n/a", overflow="fold")
        for one in rule_quality(folder):
            table.add_row(
                one.rule_id, f"{one.meant:,}", f"{one.caught:,}", f"{one.hits:,}",
                _share(one.recall), _share(one.precision), " ".join(one.reason).strip(),
            )  # fmt: skip
        console.print(table)


def _share(value: float | None) -> str:
    return "不适用 n/a" if value is None else f"{value:.3f}"


def _load(console: Any, folder: Path, workspace: Path) -> None:
    from data_contracts.city.load import load_city
    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace

    with bars(console) as progress:
        results = load_city(folder, Workspace(workspace), progress)
    rows = sum(one.rows for one in results.values())
    accepted = sum(one.accepted for one in results.values())
    fallen = sum(one.quarantined for one in results.values())
    console.print(
        f"{workspace}: {rows:,} rows, {accepted:,} accepted, {fallen:,} quarantined",
        highlight=False,
    )


def _print(console: Any, folder: Path, figures: Report) -> None:
    from rich.table import Table

    console.print(f"模拟城市 Simulated city: {folder}", markup=False, highlight=False)
    table = Table(title="申请与违约 Applications and defaults", title_justify="left")
    table.add_column("主体 kind")
    for name in ("申请 applications", "贷款 loans", "违约 defaults", "违约率 rate"):
        table.add_column(name, justify="right")
    for kind, (asked, lent, bad) in figures.kinds.items():
        rate = f"{bad / lent:.2%}" if lent else "n/a"
        table.add_row(kind, f"{asked:,}", f"{lent:,}", f"{bad:,}", rate)
    console.print(table)
    table = Table(title="贝叶斯最优 AUC Bayes-optimal AUC", title_justify="left")
    for name in ("p", "loans", "rate", "expected", "95 %", "realised"):
        table.add_column(name, justify="right")
    for one in figures.aucs:
        table.add_row(
            one.column, f"{one.loans:,}", f"{one.rate:.2%}", f"{one.expected:.4f}",
            f"{one.low:.4f} – {one.high:.4f}", f"{one.realised:.4f}",
        )  # fmt: skip
    console.print(table)
    if figures.ledger:
        table = Table(title="人为错误 Made wrong", title_justify="left")
        table.add_column("kind")
        table.add_column("records", justify="right")
        for kind, count in figures.ledger.items():
            table.add_row(kind, f"{count:,}")
        console.print(table)
    table = Table(title="记录 Records by contract", title_justify="left")
    table.add_column("contract")
    table.add_column("records", justify="right")
    for name, count in figures.contracts.items():
        table.add_row(name, f"{count:,}")
    console.print(table)
