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

decisions_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="决定 What banks decided, as records."
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


@decisions_app.callback()
def _decisions() -> None:
    """Typer needs a callback for a group of one command."""


@decisions_app.command(
    "export",
    epilog="例 Example: `xinqiao decisions export --month 2026-03 --institution-code C1234567890123 --intake`",
)
def decisions_export(
    month: Annotated[str, typer.Option(help="月份 Month, such as 2026-03.")],
    institution_code: Annotated[
        str, typer.Option(help="金融机构编码 Of the bank: a class letter and 13 digits.")
    ],
    workspace: WorkspaceOption = _DEFAULT,
    client: Annotated[
        str, typer.Option(help="机构 The bank, as the service knows it.")
    ] = "demo-bank",
    currency: Annotated[str, typer.Option(help="币种 ISO 4217 code of its amounts.")] = "CNY",
    out: Annotated[
        Path | None, typer.Option(help="输出目录 Folder; WORKSPACE/decisions/MONTH if absent.")
    ] = None,
    intake: Annotated[
        bool, typer.Option("--intake", help="接入 Also take them into the workspace's lake.")
    ] = False,
) -> None:
    """导出决定 Decisions, accounts and outcomes that a bank reported in a month, as JSON Lines of the contracts.

    Exit code 1: the lake put records into quarantine, or the month or the files are refused.
    """
    from data_contracts.errors import ContractsError
    from serving.returns_export import Lender, records_of, take_in, write_records

    services = _services(workspace)
    lender = Lender(client, institution_code, currency)
    quarantined = 0
    try:
        records = records_of(services.database, lender, month)
        files = write_records(records, out or workspace / "decisions" / month)
        for contract, path in files.items():
            typer.echo(f"{contract}: {len(records[contract])} records, {path}")
        if not files:
            typer.echo(f"{month} 没有回报 Nothing was reported for {month}.")
        if intake:
            for contract, taken in take_in(
                files.items(), services.workspace, lender, month
            ).items():
                quarantined += taken.quarantined
                typer.echo(
                    f"{contract}: {taken.accepted} accepted 接收, {taken.quarantined} quarantined 隔离"
                )
    except ContractsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        services.close()
    raise typer.Exit(1 if quarantined else 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _services(workspace: Path) -> Services:
    from serving.settings import Settings
    from serving.wiring import build

    if not (workspace / "xinqiao.db").exists():
        typer.echo(f"{workspace} has no operations database yet.", err=True)
        raise typer.Exit(2)
    return build(Settings(workspace=workspace, pull_models=False))
