"""`xinqiao train SEGMENT`: train by a configuration; list, show and document configurations."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from training.dataset import Dataset
    from training.settings import TrainingSettings

app = typer.Typer(add_completion=False)

EXAMPLES = (
    "例 Examples: `xinqiao train --list` · `xinqiao train sba --show-config > my.yaml` · `xinqiao train sba "
    "--config my.yaml --dry-run` · `xinqiao train sba/new-business --developer li`"
)


@app.command(epilog=EXAMPLES)
def train(
    segment: Annotated[
        str,
        typer.Argument(
            help="组合 PORTFOLIO or PORTFOLIO/SEGMENT, such as sba or sba/new-business."
        ),
    ] = "",
    config: Annotated[
        Path | None, typer.Option(help="配置文件 YAML; the shipped one of the portfolio if absent.")
    ] = None,
    workspace: Annotated[
        Path, typer.Option("--workspace", help="工作区 Folder of the deployment.")
    ] = Path("var/demo"),
    developer: Annotated[str, typer.Option(help="开发人 Who fits the models.")] = "analyst",
    tracking_uri: Annotated[
        str,
        typer.Option(
            "--tracking-uri",
            help="MLflow 地址 Its store; the workspace's (or XINQIAO_MLFLOW_URI) if absent.",
            show_default=False,
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="试运行 Show waterfall and splits; fit nothing.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="重新拟合 Fit again instead of taking finished fits over."),
    ] = False,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="显示配置 Print the effective configuration.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="列出 List what can be trained.")] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="说明 Print the reference of all keys (Markdown).")
    ] = False,
) -> None:
    """训练 Train by a configuration: every model is logged to MLflow and registered as a draft."""
    from rich.console import Console

    from training import config_files

    console = Console()
    with told(console):
        if reference:
            typer.echo(config_files.reference_page(), nl=False)
            return
        if list_ or not segment:
            _list(console)
            return
        settings = config_files.config_of(segment, config)
        if show_config:
            typer.echo(config_files.show_config(settings), nl=False)
            return
        if dry_run:
            _dry_run(console, workspace, settings)
            return
        _train(console, workspace, settings, developer, tracking_uri, fresh)


class told:
    """Every refusal of a room is one red message and exit code 1; Ctrl-C says what stays and exits 130."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        """Tell the error."""
        from data_contracts.errors import ContractsError
        from features.errors import FeaturesError
        from models.errors import ModelsError
        from training.errors import TrainingError

        if isinstance(error, (ContractsError, FeaturesError, ModelsError, TrainingError)):
            self._console.print(
                f"{error}", style="red", highlight=False, markup=False, soft_wrap=True
            )
            raise typer.Exit(1) from error
        if isinstance(error, KeyboardInterrupt):
            self._console.print(
                "已中断,未登记任何模型;再次运行将接续已完成的拟合。\n"
                "Stopped; nothing was registered. The same command takes finished fits over.",
                style="yellow",
                highlight=False,
            )
            raise typer.Exit(130) from error


def _list(console: Console) -> None:
    from rich.table import Table

    from training.config_files import shipped

    table = Table(title="可训练的组合与分段 What can be trained", box=None, padding=(0, 2, 0, 0))
    for name in ("segment", "label 标签", "view", "models"):
        table.add_column(name, overflow="fold")
    for settings in shipped().values():
        kinds = ", ".join(settings.models)
        label = f"{settings.label.title_zh} {settings.label.title_en}"
        table.add_row(settings.portfolio, label, settings.view, kinds)
        for segment, conditions in settings.segments.items():
            if conditions:
                table.add_row(f"{settings.portfolio}/{segment}", "", "", "")
    console.print(table)


def _dry_run(console: Console, workspace: Path, settings: TrainingSettings) -> None:
    from rich.table import Table

    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from training.dataset import load_dataset
    from training.evaluate import all_splits
    from training.summary import waterfall_table

    with bars(console) as progress:
        dataset = load_dataset(Workspace(workspace), settings, progress)
    console.print(waterfall_table(dataset.waterfall))
    table = Table(title="划分 Splits", box=None, padding=(0, 2, 0, 0))
    for name in ("split", "train", "bads", "test", "bads of test"):
        table.add_column(name, justify="left" if name == "split" else "right")
    for split in all_splits(dataset):
        bads = [int(dataset.bad.iloc[rows].sum()) for rows in (split.train, split.test)]
        table.add_row(
            split.name,
            f"{len(split.train):,}",
            f"{bads[0]:,}",
            f"{len(split.test):,}",
            f"{bads[1]:,}",
        )
    console.print(table)
    console.print(_inputs(dataset), highlight=False)


def _inputs(dataset: Dataset) -> str:
    kinds = ", ".join(dataset.settings.models)
    return f"{len(dataset.features())} inputs 变量, models 模型: {kinds}. 试运行,未拟合 Dry run: nothing was fitted."


def _train(
    console: Console,
    workspace: Path,
    settings: TrainingSettings,
    developer: str,
    tracking_uri: str,
    fresh: bool,
) -> None:
    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from training.run import train_portfolio
    from training.summary import model_table, waterfall_table
    from training.tracking import Tracking

    place = Workspace(workspace)
    signal.signal(signal.SIGTERM, _interrupt)  # a stop by a supervisor is a stop as by Ctrl-C
    with bars(console) as progress:
        result = train_portfolio(
            place,
            settings,
            developer=developer,
            progress=progress,
            tracking=Tracking(place, tracking_uri),
            fresh=fresh,
        )
    console.print(waterfall_table(result.dataset.waterfall))
    console.print(model_table(result.rows))
    name = settings.model_name
    console.print(
        f"候选 Candidate: {name} version {result.candidate} (DRAFT), MLflow run {result.run_id}.\n"
        f"下一步 Next: xinqiao promote {name} {result.candidate} --to TESTED --by NAME --why TEXT",
        highlight=False,
        soft_wrap=True,
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
