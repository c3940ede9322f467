"""`xinqiao monitor NAME --month M`: watch a live model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(
    epilog="例 Examples: `xinqiao monitor city-firm-default --month 2023-11` · "
    "`xinqiao monitor enterprise-default/12 --month 2006-06 --months 12 --false-alarms 200`",
)
def monitor(
    model: Annotated[
        str, typer.Argument(help="登记名 NAME (its champion) or NAME/VERSION of the registry.")
    ],
    month: Annotated[str, typer.Option(help="月份 Month of decisions to watch, such as 2024-03.")],
    months: Annotated[
        int, typer.Option(help="历史 How many months the pictures go back.", min=1, max=120)
    ] = 12,
    approve_at: Annotated[
        int | None,
        typer.Option(help="批准线 Lowest approved score; overrides are told against it."),
    ] = None,
    false_alarms: Annotated[
        int,
        typer.Option(
            help="误报率 Measure false-alarm rates on so many stable months drawn from these.",
            min=0,
        ),
    ] = 0,
    workspace: Annotated[
        Path, typer.Option("--workspace", help="工作区 Folder of the deployment.")
    ] = Path("var/demo"),
    tracking_uri: Annotated[
        str, typer.Option("--tracking-uri", help="MLflow 地址 Its store, if not the workspace's.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="输出目录 Folder; WORKSPACE/monitoring/NAME/MONTH if absent."),
    ] = None,
) -> None:
    """监测 Drift, supply, calibration, discrimination and decisions of a month; alarms and a proposal.

    Exit code 0: keep or watch; 3: it is proposed to suspend the model.
    """
    from rich.console import Console

    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from training.monitor.run import watch
    from training.registry import Registry
    from training.tracking import Tracking
    from training.train_cli import told

    console = Console()
    place = Workspace(workspace)
    with told(console), bars(console) as progress:
        figures, folder = watch(
            Registry(Tracking(place, tracking_uri)),
            place,
            model,
            month,
            months=months,
            approve_at=approve_at,
            false_alarms=false_alarms,
            out=out,
            progress=progress,
        )
    for alarm in figures["alarms"]:
        console.print(
            f"{alarm['id']} [{alarm['level']}] {alarm['zh']} {alarm['en']}",
            markup=False,
            highlight=False,
        )
    console.print(f"{figures['proposal']}: {folder}/monitor.zh.html", markup=False, highlight=False)
    if figures["proposal"] == "suspend":
        raise typer.Exit(3)
