"""`xinqiao serve`, `xinqiao audit ...`: start the service, verify and replay what it did."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from serving.services import Services

serve_app = typer.Typer(add_completion=False)
audit_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The audit chain: verify, head, replay."
)

shadow_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="影子 The challenger in the champion's shadow."
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", help="Folder of the deployment.", show_default=True)
]
_DEFAULT = Path("var/demo")


@serve_app.command()
def serve(
    workspace: WorkspaceOption = _DEFAULT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 3000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Serve the bank API and the portal until Ctrl-C."""
    from data_contracts.workspace import Workspace
    from serving.errors import ServingError
    from serving.process import ServerProcess

    if not workspace.is_dir():
        typer.echo(f"There is no workspace {workspace}; run `xinqiao demo` first.", err=True)
        raise typer.Exit(2)
    place = Workspace(workspace)
    signal.signal(signal.SIGTERM, _interrupt)  # a stop by a supervisor is a stop as by Ctrl-C
    server = ServerProcess(place, port, host=host, workers=workers)
    try:
        with server:
            typer.echo(f"portal    {server.url}/portal")
            typer.echo(f"API       {server.url}/docs")
            typer.echo(f"sign in   name and password are in {place.secrets_dir}")
            typer.echo(f"API key   {place.secrets_dir / 'api_key'}")
            typer.echo("Ctrl-C stops the service.")
            code = server.wait()
    except KeyboardInterrupt:
        typer.echo("stopped")
    except ServingError as error:
        typer.echo(error.detail_en, err=True)
        raise typer.Exit(1) from None
    else:
        raise typer.Exit(code)


@audit_app.command("verify")
def audit_verify(
    workspace: WorkspaceOption = _DEFAULT,
    head: Annotated[
        str, typer.Option(help="A head noted earlier, <seq>:<hash>; shows a cut or a rewrite.")
    ] = "",
) -> None:
    """Walk the audit chain; exit code 1 when an entry, a decision or a report was tampered with."""
    from serving.audit import Head

    seq, _, noted_hash = head.partition(":")
    if head and not (seq.isdigit() and len(noted_hash) == 64):
        typer.echo("--head must have the form <seq>:<64 hex digits>", err=True)
        raise typer.Exit(2)
    services = _services(workspace)
    result = services.audit.verify(Head(int(seq), noted_hash) if head else None)
    for fault in result.faults:
        typer.echo(fault, err=True)
    typer.echo(f"{result.entries} entries, head {result.head.seq}:{result.head.hash}")
    raise typer.Exit(0 if result.ok else 1)


@audit_app.command("head")
def audit_head(workspace: WorkspaceOption = _DEFAULT) -> None:
    """Print the newest entry as <seq>:<hash>, to be noted outside the database."""
    newest = _services(workspace).audit.head()
    typer.echo(f"{newest.seq}:{newest.hash}")


@audit_app.command("replay")
def audit_replay(
    decision_id: Annotated[str, typer.Argument(help="A score_id.")],
    workspace: WorkspaceOption = _DEFAULT,
) -> None:
    """Compute a stored score again and compare byte for byte; exit code 1 when it differs."""
    from serving.errors import ServingError

    try:
        replayed = _services(workspace).scoring.replay(decision_id)
    except ServingError as error:
        typer.echo(error.detail_en, err=True)
        raise typer.Exit(2) from None
    typer.echo("identical" if replayed.identical else "DIFFERENT")
    raise typer.Exit(0 if replayed.identical else 1)


@shadow_app.callback()
def _shadow() -> None:
    """Typer needs a callback for a group of one command."""


@shadow_app.command("report")
def shadow_report(
    name: Annotated[str, typer.Argument(help="登记名 Of this registered model alone.")] = "",
    workspace: WorkspaceOption = _DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Champion and challenger on the same live requests; `xinqiao registry shadow` starts and ends one."""
    import json

    from serving import shadow

    services = _services(workspace)
    try:
        rows = shadow.shadow_report(services.database, name)
    finally:
        services.close()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not rows:
        typer.echo("还没有影子评分 No request was scored in shadow yet.")
    for row in rows:
        typer.echo(
            f"{row['model']}: champion 在用 {row['champion']}, shadow 影子 {row['shadow']}, "
            f"{row['requests']} requests, {row['faults']} faults, {row['first']} – {row['last']}"
        )
        if "psi" in row:
            rank = "-" if row["rank_correlation"] is None else f"{row['rank_correlation']:.3f}"
            typer.echo(
                f"  mean PD {row['champion_mean']:.4f} / {row['shadow_mean']:.4f}, difference "
                f"{row['mean_difference']:.4f} (largest {row['largest_difference']:.4f}), "
                f"rank correlation {rank}, PSI {row['psi']:.3f}"
            )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _services(workspace: Path) -> Services:
    from serving.settings import Settings
    from serving.wiring import build

    if not (workspace / "xinqiao.db").exists():
        typer.echo(f"{workspace} has no operations database yet.", err=True)
        raise typer.Exit(2)
    return build(Settings(workspace=workspace, pull_models=False))
