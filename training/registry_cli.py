"""`xinqiao promote|rollback|retire|registry ...|mlflow`: the life of registered models from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.gates import Verdict
    from training.registry import Registry

promote_app = typer.Typer(add_completion=False)
rollback_app = typer.Typer(add_completion=False)
retire_app = typer.Typer(add_completion=False)
mlflow_app = typer.Typer(add_completion=False)
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="模型登记 Registered models: states, history, gates, shadow.",
)

Name = Annotated[str, typer.Argument(help="登记名 Registered name, such as enterprise-default.")]
Number = Annotated[int, typer.Argument(help="版本 Version number.", min=1)]
By = Annotated[str, typer.Option("--by", help="谁 Who answers for it.")]
Why = Annotated[str, typer.Option("--why", help="理由 Why.")]
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", help="工作区 Folder of the deployment.")
]
Uri = Annotated[
    str,
    typer.Option("--tracking-uri", help="MLflow 地址 Its store, if not the workspace's."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="试运行 Ask the gates; change nothing.")]
_DEFAULT = Path("var/demo")


def _registry(workspace: Path, uri: str) -> Registry:
    from data_contracts.workspace import Workspace
    from training.errors import TrainingError
    from training.registry import Registry
    from training.tracking import Tracking

    place = Workspace(workspace)
    tracking = Tracking(place, uri)
    if tracking.uri.startswith("sqlite") and not place.mlflow_db.exists() and not uri:
        raise TrainingError(
            f"{place.mlflow_db} does not exist.", "train first, or name the right --workspace"
        )
    return Registry(tracking)


def _verdicts(verdicts: list[Verdict]) -> None:
    for one in verdicts:
        mark = "✓" if one.passed else ("waived 豁免" if one.waived else "✗")
        typer.echo(f"{mark} {one.gate.id} {one.gate.text_zh} {one.gate.text_en}: {one.found}")


@promote_app.command(
    epilog="例 Example: `xinqiao promote enterprise-default 14 --to LIVE --by zhang --why 'annual review' "
    "--pia-id PIA-2026-014`"
)
def promote(
    name: Name,
    number: Number,
    to: Annotated[
        str, typer.Option("--to", help="状态 TESTED, REVIEWED, LIVE, SUSPENDED or RETIRED.")
    ],
    by: By,
    why: Why,
    pia_id: Annotated[
        str, typer.Option("--pia-id", help="影响评估编号 Id of the impact assessment (for LIVE).")
    ] = "",
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
    dry_run: DryRun = False,
) -> None:
    """晋级 Move a version to a state; refused unless every gate passes."""
    from rich.console import Console

    from training import promote as promotion
    from training.errors import TrainingError
    from training.registry import State
    from training.train_cli import told

    with told(Console(stderr=True)):
        if to.upper() not in State.__members__:
            raise TrainingError(f"{to!r} is no state.", f"one of {', '.join(State)}")
        state = State(to.upper())
        registry = _registry(workspace, tracking_uri)
        verdicts = promotion.promote(
            registry, name, number, state, by=by, why=why, pia_id=pia_id, dry_run=dry_run
        )
        _verdicts(verdicts)
        champion = registry.champion(name)
        if dry_run:
            typer.echo("试运行,未改变 Dry run: nothing has changed.")
            return
        typer.echo(f"{name} version {number}: {state}; champion 在用: {champion or '没有 none'}")


@rollback_app.command(
    epilog="例 Example: `xinqiao rollback enterprise-default --by zhang --why 'alarm'`"
)
def rollback(
    name: Name,
    by: By,
    why: Why,
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
) -> None:
    """回退 Put the previous live version back; the present champion is suspended."""
    from rich.console import Console

    from training import promote as promotion
    from training.train_cli import told

    with told(Console(stderr=True)):
        left, now = promotion.rollback(_registry(workspace, tracking_uri), name, by=by, why=why)
        typer.echo(f"{name}: version {left} SUSPENDED, version {now} LIVE (champion 在用)")


@retire_app.command(
    epilog="例 Example: `xinqiao retire enterprise-default 3 --by zhang --why 'replaced'`"
)
def retire(
    name: Name,
    number: Number,
    by: By,
    why: Why,
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
    dry_run: DryRun = False,
) -> None:
    """退役 Take a version out of use for good; its files, record and history stay."""
    promote(
        name,
        number,
        "RETIRED",
        by,
        why,
        workspace=workspace,
        tracking_uri=tracking_uri,
        dry_run=dry_run,
    )


@app.command("list")
def list_(
    name: Annotated[str, typer.Argument(help="登记名 Versions of this model alone.")] = "",
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
) -> None:
    """列出 Models with champion and shadow; the versions of one model with state and figures."""
    from rich.console import Console

    from training.summary import models_table, versions_table
    from training.train_cli import told

    with told(Console(stderr=True)):
        registry = _registry(workspace, tracking_uri)
        Console().print(versions_table(registry, name) if name else models_table(registry))


@app.command()
def show(
    name: Name, number: Number, workspace: WorkspaceOption = _DEFAULT, tracking_uri: Uri = ""
) -> None:
    """显示 One version: state, aliases, tags, and what the gates would say."""
    from rich.console import Console

    from training.evidence import gather
    from training.gates import judge
    from training.registry import STATE_TITLES, State
    from training.train_cli import told

    with told(Console(stderr=True)):
        registry = _registry(workspace, tracking_uri)
        version = registry.version(name, number)
        title = STATE_TITLES[version.state]
        typer.echo(f"{name} version {number}: {version.state} {title}  {' '.join(version.aliases)}")
        for key, value in sorted(version.tags.items()):
            if not key.startswith("history."):
                typer.echo(f"  {key}: {value}")
        evidence, limits = gather(registry, version, reviewer="", pia_id="")
        _verdicts(judge(evidence, State.LIVE, limits))


@app.command()
def history(name: Name, workspace: WorkspaceOption = _DEFAULT) -> None:
    """历史 Every transition of a model: who, when, why; refused where a line was edited."""
    from rich.console import Console

    from data_contracts.workspace import Workspace
    from training.registry import read_history
    from training.train_cli import told

    with told(Console(stderr=True)):
        for one in read_history(Workspace(workspace).registry_dir / f"{name}.jsonl"):
            typer.echo(
                f"{one['at']}  version {one['version']}  {one['from']} → {one['to']}  {one['by']}: {one['why']}"
            )


@app.command()
def gates() -> None:
    """关口 The gates of promotion: id, both texts, and the state that each guards first."""
    from training.gates import GATES
    from training.settings import GateLimits

    for gate in GATES:
        typer.echo(f"{gate.id} [{gate.to}] {gate.text_zh}\n     {gate.text_en}")
        typer.echo(f"     {gate.needed(GateLimits())}")


@app.command()
def attach(
    name: Name,
    number: Number,
    report: Annotated[
        Path,
        typer.Argument(help="报告 Folder of the validation report.", exists=True, file_okay=False),
    ],
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
) -> None:
    """附报告 Attach a validation report to a version; its digest is what the gate looks at."""
    from rich.console import Console

    from training.promote import attach_report
    from training.train_cli import told

    with told(Console(stderr=True)):
        digest = attach_report(_registry(workspace, tracking_uri), name, number, report)
        typer.echo(f"{name} version {number}: validation report {digest}")


@app.command()
def shadow(
    name: Name,
    by: By,
    why: Why,
    number: Annotated[int, typer.Argument(help="版本 Version; 0 ends the shadow.", min=0)] = 0,
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
) -> None:
    """影子 Let a challenger score live requests beside the champion, never in the answer."""
    from rich.console import Console

    from training.promote import run_in_shadow
    from training.train_cli import told

    with told(Console(stderr=True)):
        run_in_shadow(_registry(workspace, tracking_uri), name, number or None, by=by, why=why)
        typer.echo(f"{name}: shadow 影子 {number or '没有 none'}")


@app.command()
def fallback(
    name: Name,
    number: Number,
    by: By,
    why: Why,
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
) -> None:
    """后备 Name the reviewed version that takes over when the champion is suspended (REG-56)."""
    from rich.console import Console

    from training.promote import name_fallback
    from training.train_cli import told

    with told(Console(stderr=True)):
        name_fallback(_registry(workspace, tracking_uri), name, number, by=by, why=why)
        typer.echo(f"{name}: fallback 后备 version {number}")


@mlflow_app.command()
def mlflow(
    workspace: WorkspaceOption = _DEFAULT,
    tracking_uri: Uri = "",
    port: Annotated[int, typer.Option(min=1024, max=65535, help="端口 Port.")] = 5000,
) -> None:
    """打开 MLflow Open the MLflow pages of a workspace on 127.0.0.1 (Ctrl-C stops them)."""
    from rich.console import Console

    from training.train_cli import told

    with told(Console(stderr=True)):
        tracking = _registry(workspace, tracking_uri).tracking
        if tracking.uri.startswith("http"):
            typer.echo(f"The store is a server: open {tracking.shown}")
            return
        # The address may hold a password, which a command line would show to everybody on the machine.
        environment = os.environ | {"MLFLOW_BACKEND_STORE_URI": tracking.uri}
        place = tracking.workspace.mlflow_artifacts.resolve().as_uri()
        command = [sys.executable, "-m", "mlflow", "server", "--default-artifact-root", place]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        raise typer.Exit(subprocess.call(command, env=environment))
