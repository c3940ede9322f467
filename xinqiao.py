"""Xinqiao's command line: joins the rooms, imports each only when one of its commands runs; and the demo."""

from __future__ import annotations

import importlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    import httpx
    from rich.console import Console

    from data_contracts.intake.load import IntakeResult
    from data_contracts.workspace import Workspace
    from training.run import TrainingResult

# Telemetry of every library is off, before any of them is imported.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")

# Command, room, module:attribute with its typer app, and one line of help.
_COMMANDS = """
demo | The whole 全流程 | xinqiao:demo_app | The main job on shipped real records, from intake to report.
contracts | data_contracts 契约与接入 | data_contracts.cli:app | Contracts; take a supplier's file in.
city | data_contracts 契约与接入 | data_contracts.city.cli:app | Build a simulated city.
features | features 特征 | features.cli:app | List, explain and build point-in-time features.
export | models 模型 | models.export.cli:app | Write a saved model as SQL, JSON or Python.
train | training 训练 | training.train_cli:app | Train a portfolio by a configuration; drafts in the registry.
promote | training 训练 | training.registry_cli:promote_app | Move a version on; refused unless every gate passes.
rollback | training 训练 | training.registry_cli:rollback_app | Put the previous live version back.
retire | training 训练 | training.registry_cli:retire_app | Take a version out of use for good; nothing is erased.
registry | training 训练 | training.registry_cli:app | Registered models: states, history, gates, shadow.
mlflow | training 训练 | training.registry_cli:mlflow_app | Open the MLflow pages of a workspace.
training | training 训练 | training.cli:app | Judge the features on real records.
fit | training 训练 | training.table.cli:app | Fit and compare models on any table; needs no workspace.
validate | training 训练 | training.validation.cli:app | Validate a model on its test rows or any sample.
monitor | training 训练 | training.monitor.cli:app | Watch a live model: drift, supply, calibration, alarms.
loop | training 训练 | training.loop.cli:app | Show the whole loop close over two simulated years.
serve | serving 服务 | serving.cli:serve_app | Serve the bank API and the portal of a workspace on 127.0.0.1.
shadow | serving 服务 | serving.cli:shadow_app | Compare the champion with the challenger that runs in its shadow.
decisions | serving 服务 | serving.cli:decisions_app | Bring what banks decided back into the lake, as records.
audit | serving 服务 | serving.cli:audit_app | Verify the audit chain; replay a decision byte for byte.
"""
COMMANDS: dict[str, tuple[str, str, str]] = {
    name: (room, module, text)
    for name, room, module, text in (line.split(" | ") for line in _COMMANDS.strip().splitlines())
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports a room only when its command runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the rooms."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that carries the help line; enough for `--help`."""
        if cmd_name not in COMMANDS:
            return None
        room, _, text = COMMANDS[cmd_name]
        return TyperCommand(cmd_name, help=text, rich_help_panel=room)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real command, imported now."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name][1].partition(":")
            command = typer.main.get_command(getattr(importlib.import_module(module), attribute))
        return name, command, rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    help=(
        "信桥 Xinqiao: from a city's integrated records to explained credit scores, matched loan products and "
        "reports.\n\nStart with `xinqiao demo`. Every command takes --workspace, the folder of one deployment."
    ),
)
demo_app = typer.Typer(add_completion=False)


@app.callback()
def _root() -> None:
    """Typer needs a callback for a group whose commands are resolved by name."""


def main() -> None:
    """Entry point of the console command."""
    app()


@dataclass
class Run:
    """What the demo has done so far; becomes summary.json."""

    workspace: Workspace
    console: Console
    city_subjects: int
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[Any]:
        """Announce a step, give it a progress callback, and time it."""
        from data_contracts.progress import bars

        self.console.rule(f"[bold]{title}")
        started = time.perf_counter()
        with bars(self.console) as progress:
            yield progress
        self.seconds[name] = round(time.perf_counter() - started, 2)


@demo_app.command()
def demo(
    workspace: Annotated[Path, typer.Option(help="Folder that everything lands in.")] = Path(
        "var/demo"
    ),
    source: Annotated[
        Path | None,
        typer.Option(help="Full file of SBA loans (Parquet or CSV) instead of the shipped sample."),
    ] = None,
    keep_serving: Annotated[
        bool,
        typer.Option(
            "--keep-serving", help="Leave the service up until Ctrl-C and print its address."
        ),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="Port of the service; a free one if absent."),
    ] = None,
    city_subjects: Annotated[
        int, typer.Option(min=1000, help="Subjects of the simulated city.")
    ] = 6_000,
) -> None:
    """The main job on real records: intake, features, training, ranking, service and report, in one command."""
    from rich.console import Console

    from data_contracts.errors import ContractsError
    from data_contracts.workspace import Workspace
    from features.errors import FeaturesError
    from models.errors import ModelsError
    from serving.errors import ServingError
    from training.errors import TrainingError

    run = Run(Workspace(workspace), Console(), city_subjects)
    try:
        _demo(run, source, keep_serving, port)
    except (ContractsError, FeaturesError, ModelsError, TrainingError, ServingError) as error:
        run.console.print(f"{error}", style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _demo(run: Run, source: Path | None, keep_serving: bool, port: int | None) -> None:
    from serving.process import ServerProcess
    from training.summary import model_table

    started = time.perf_counter()
    run.workspace.create()
    portfolios = _intake(run, source)
    trained = _train(run)
    rows = [row for result in trained.values() for row in result.rows]
    city = _city(run)
    for result in trained.values():
        run.console.print(model_table(result.rows))
    ranking = _rank(run)
    with run.step("start_service", "服务启动 Starting the service (BentoML)") as progress:
        progress("starting", 0, 1)
        server = ServerProcess(run.workspace, port=port)
        server.start()
        progress("ready", 1, 1)
    try:
        example = _call(run, server, trained)
        run.seconds["total"] = round(time.perf_counter() - started, 2)
        summary = {
            "portfolios": [
                {
                    "name": p.portfolio,
                    "rows": p.rows,
                    "accepted": p.accepted,
                    "quarantined": p.quarantined,
                    "by_rule": p.by_rule,
                }
                for p in portfolios
            ],
            "models": rows,
            "champions": {
                r.dataset.settings.registered_name: r.candidate for r in trained.values()
            },
            "choice": {name: r.choice for name, r in trained.items() if r.choice},
            "ranking": ranking,
            "city": city,
            "example": example,
            "seconds": run.seconds,
        }
        path = run.workspace.root / "summary.json"
        path.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        run.console.print(
            f"Summary: {path}   ({run.seconds['total']:.0f} s in all)", highlight=False
        )
        if keep_serving:
            _keep(run, server)
    finally:
        server.stop()


def _intake(run: Run, source: Path | None) -> list[IntakeResult]:
    from rich.table import Table

    from data_contracts.intake.load import load_portfolio

    with run.step("intake", "接入 Intake: two real portfolios through data contracts") as progress:
        results = [
            load_portfolio("sba", run.workspace, source, progress),
            load_portfolio("cards", run.workspace, None, progress),
        ]
    table = Table()
    for name in ("portfolio", "rows", "accepted", "quarantined", "rule", "broken by"):
        table.add_column(
            name, justify="left" if name in ("portfolio", "rule") else "right", overflow="fold"
        )
    for result in results:
        counts = [f"{n:,}" for n in (result.rows, result.accepted, result.quarantined)]
        rules = result.by_rule or {"-": 0}
        table.add_row(
            result.portfolio, *counts, "\n".join(rules), "\n".join(f"{n:,}" for n in rules.values())
        )
    run.console.print(table)
    return results


def _train(run: Run) -> dict[str, TrainingResult]:
    from data_contracts.intake.lake import Lake
    from features.online.refresh import publish
    from features.online.store import OnlineStore
    from training.config_files import shipped
    from training.dataset import load_dataset
    from training.demonstrate import validate_and_put_live
    from training.registry import Registry
    from training.run import train_portfolio
    from training.tracking import Tracking

    datasets = {}
    with run.step("features", "特征 Features as of each decision") as progress:
        store = OnlineStore(run.workspace.online_store)
        real = {n: s for n, s in shipped().items() if not s.simulated}
        for name, settings in real.items():
            data = datasets[name] = load_dataset(run.workspace, settings, progress)
            publish(data.view, Lake(run.workspace.lake_dir), data.frame, store, data.known)
    trained = {}
    with run.step(
        "training", "训练 Training: scorecard, glass box, LightGBM on every split"
    ) as progress:
        for name, settings in real.items():
            trained[name] = train_portfolio(
                run.workspace,
                settings,
                developer="demo-analyst",
                dataset=datasets[name],
                progress=progress,
            )
            validate_and_put_live(
                Registry(Tracking(run.workspace)),
                datasets[name],
                trained[name].candidate,
                reviewer="demo-reviewer",
                why="inputs chosen on the validation year; exact reasons and a certificate",
                progress=progress,
            )
    return trained


def _city(run: Run) -> dict[str, Any]:
    """A simulated city in a workspace of its own: what models of its firms and households reach of the truth."""
    from data_contracts.workspace import Workspace
    from training.city import train_city
    from training.summary import model_table, truth_line

    with run.step("city", "模拟城市 A simulated city (simulated data)") as progress:
        workspace = Workspace(run.workspace.root / "city")
        city = train_city(workspace, run.city_subjects, progress=progress)
    for name, portfolio in city["portfolios"].items():
        if "models" in portfolio:
            run.console.print(model_table(portfolio["models"]))
        run.console.print(truth_line(name, portfolio), highlight=False, markup=False)
    return city


def _rank(run: Run) -> dict[str, Any]:
    from training.run_ranking import run_ranking

    with run.step("ranking", "产品排序 Ranking lenders as products") as progress:
        metrics = run_ranking(
            run.workspace, developer="demo-analyst", reviewer="demo-reviewer", progress=progress
        )
    run.console.print(
        f"recall@10 {metrics['recall_at_10']:.3f} (strongest baseline {metrics['baseline_recall_at_10']:.3f}), "
        f"NDCG@10 {metrics['ndcg_at_10']:.3f} ({metrics['baseline_ndcg_at_10']:.3f})",
        highlight=False,
    )
    return metrics


def _call(run: Run, server: Any, trained: dict[str, TrainingResult]) -> dict[str, Any]:
    """Call the service over HTTP as a bank would; keep the report beside the summary."""
    import httpx

    from serving.keys import load_keys

    newest = trained["sba"].dataset.frame.iloc[-1]["subject_id"]
    person = trained["cards"].dataset.frame.iloc[-1]["subject_id"]
    enterprise = {"subject": {"kind": "enterprise", "id": newest}, "purpose": "LOAN_APPROVAL"}
    individual = {"subject": {"kind": "individual", "id": person}, "purpose": "CARD_APPROVAL"}
    headers = {"X-API-Key": load_keys(run.workspace).api_key}
    with (
        run.step("calls", "银行调用 Calling the service as a bank would") as progress,
        httpx.Client(base_url=server.url, headers=headers, timeout=60) as bank,
    ):
        score = _answer(bank, "/v1/scores", enterprise)
        progress("scores", 1, 4)
        offers = _answer(bank, "/v1/recommendations", enterprise)
        other = {
            "score": _answer(bank, "/v1/scores", individual),
            "recommendations": _answer(bank, "/v1/recommendations", individual),
        }
        progress("recommendations", 2, 4)
        report = _answer(bank, "/v1/reports", enterprise)
        progress("report", 3, 4)
        run.workspace.reports_dir.mkdir(parents=True, exist_ok=True)
        files = {}
        for form in ("html", "pdf"):
            content = bank.get(f"/v1/reports/{report['report_id']}", params={"format": form})
            content.raise_for_status()
            path = run.workspace.reports_dir / f"example.{form}"
            path.write_bytes(content.content)
            files[f"report_{form}"] = str(path)
        progress("report", 4, 4)
    _print_answers(run.console, score, offers, other)
    return {"score": score, "recommendations": offers, **files, "individual": other}


def _answer(bank: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = bank.post(path, json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def _print_answers(
    console: Console, score: dict[str, Any], offers: dict[str, Any], other: dict[str, Any]
) -> None:
    from rich.table import Table

    for title, answer in (("企业 enterprise", score), ("个人 individual", other["score"])):
        table = Table(
            title=f"{title}: {answer['score']} ({answer['grade']}), PD {answer['probability_of_default']:.2%}, "
            f"{answer['model']['name']} v{answer['model']['version']}"
        )
        table.add_column("points", justify="right")
        table.add_column("原因 reason")
        for reason in answer["reasons"]:
            table.add_row(f"{reason['points']:+.1f}", f"{reason['text_zh']}\n{reason['text_en']}")
        console.print(table)
    console.print_json(
        data={k: v for k, v in offers.items() if k != "not_eligible"}, ensure_ascii=False
    )
    console.print_json(data=other["recommendations"], ensure_ascii=False)


def _keep(run: Run, server: Any) -> None:
    from serving.keys import load_keys

    keys = load_keys(run.workspace)
    run.console.print(
        f"Portal: {server.url}   user: {keys.portal_user}   password: {keys.portal_password}   (Ctrl-C stops)",
        highlight=False,
    )
    try:
        server.wait()
    except KeyboardInterrupt:
        run.console.print("stopped")


if __name__ == "__main__":
    main()
