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
        str, typer.Argument(help="Portfolio to train: sba, cards, or city (simulated).")
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
    from training.errors import TrainingError
    from training.run import train_portfolio
    from training.settings import settings_for
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
