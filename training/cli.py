"""`xinqiao training ...`: what is learned from beside the portfolios (`xinqiao train` trains those)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="判断 Judge the features on real records.",
)


@app.callback()
def _root() -> None:
    """Typer needs a callback for a group of one command."""


@app.command(
    epilog="例 Examples: `xinqiao training real --data ../shared/data` · "
    "`xinqiao training real --only sba --only cards --repeats 1` (随附数据 shipped records)",
)
def real(
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="XINQIAO_DATA",
            help="数据目录 Folder of the public data sets; sba and cards are shipped.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="结果目录 Folder for real.json, real.zh.html and real.en.html.")
    ] = Path("var/real"),
    only: Annotated[
        list[str] | None,
        typer.Option(help="数据集 Only this set: invoices, exits, sba, cards; may be repeated."),
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(help="重复 Deal the folds at most so often, for a quick look.", min=1),
    ] = None,
) -> None:
    """真实数据 Judge the features on real records with a known outcome: AUC with intervals."""
    from rich.console import Console

    from data_contracts.errors import ContractsError
    from data_contracts.progress import bars
    from features.errors import FeaturesError
    from models.errors import ModelsError
    from training.errors import TrainingError
    from training.real.report import judge_real, real_table, remarks, write_report

    console = Console()
    try:
        with bars(console) as progress:
            rows = judge_real(data, only or (), repeats=repeats, progress=progress)
        written = write_report(rows, out)
    except (ContractsError, FeaturesError, ModelsError, TrainingError) as error:
        console.print(f"{error}", style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(real_table(rows))
    for line in (*remarks(rows), *map(str, written)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
