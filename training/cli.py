"""`xinqiao training ...`: train a portfolio, see the registry, open MLflow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Train, evaluate, register and promote models. 训练、评估、登记与上线。",
)

WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Folder of the deployment.")]


@app.command()
def run(
    portfolio: Annotated[
        str,
        typer.Argument(
            help="Portfolio to train: sba, cards, city-firms or city-households (both simulated)."
        ),
    ],
    workspace: WorkspaceOption = Path("var/demo"),
    developer: Annotated[str, typer.Option(help="Who fits the models.")] = "analyst",
    reviewer: Annotated[
        str, typer.Option(help="Who answers for the champion; not the developer.")
    ] = "reviewer",
) -> None:
    """Fit scorecard, glass box and LightGBM on every split, log them to MLflow and promote the chosen glass box."""
    from rich.console import Console

    from data_contracts.errors import ContractsError
    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from features.errors import FeaturesError
    from models.errors import ModelsError
    from training.config_files import settings_for
    from training.errors import TrainingError
    from training.run import train_portfolio
    from training.summary import model_table

    console = Console()
    try:
        with bars(console) as progress:
            result = train_portfolio(
                Workspace(workspace),
                settings_for(portfolio),
                developer=developer,
                reviewer=reviewer,
                progress=progress,
            )
    except (ContractsError, FeaturesError, ModelsError, TrainingError) as error:
        console.print(f"{error}", style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(model_table(result.rows))
    console.print(
        f"Champion: version {result.champion} of {result.dataset.settings.registered_name}."
    )


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


@app.command()
def mlflow(
    workspace: WorkspaceOption = Path("var/demo"),
    port: Annotated[int, typer.Option(min=1024, max=65535)] = 5000,
) -> None:
    """Open the MLflow pages of a workspace on 127.0.0.1 (Ctrl-C stops them)."""
    from data_contracts.workspace import Workspace

    store = Workspace(workspace).mlflow_db.resolve()
    if not store.exists():
        typer.secho(
            f"{store} does not exist. Hint: train first, or name the right --workspace.",
            fg="red",
            err=True,
        )
        raise typer.Exit(1)
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        f"sqlite:///{store}",
    ]
    raise typer.Exit(subprocess.call([*command, "--host", "127.0.0.1", "--port", str(port)]))
