"""Xinqiao's command line: joins the rooms and imports each only when one of its commands runs."""

from __future__ import annotations

import importlib
import os
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# Telemetry of every library is off, before any of them is imported.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")

CONTRACTS = "Contracts and intake 契约与接入"
FEATURES = "Features 特征"
TRAINING = "Training 训练"
SERVING = "Serving 服务"
WHOLE = "The whole 全流程"

# command -> (room of the house, module that holds its typer app, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": (
        WHOLE,
        "xinqiao_demo",
        "The main job on shipped real records: intake, features, training, ranking, service, report.",
    ),
    "contracts": (
        CONTRACTS,
        "data_contracts.cli",
        "List contracts, take a supplier's file in, see what was quarantined.",
    ),
    "features": (
        FEATURES,
        "features.cli",
        "List, explain and build point-in-time features.",
    ),
    "training": (
        TRAINING,
        "training.cli",
        "Train, evaluate, register and promote models; open MLflow.",
    ),
    "serve": (
        SERVING,
        "serving.cli",
        "Serve the bank API and the portal of a workspace on 127.0.0.1.",
    ),
}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports a room only when its command runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the rooms."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that carries the help line; enough for `--help` and completion."""
        if cmd_name not in COMMANDS:
            return None
        panel, _, text = COMMANDS[cmd_name]
        return TyperCommand(cmd_name, help=text, rich_help_panel=panel)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real command, imported now."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name][1].partition(":")
            command = typer.main.get_command(getattr(importlib.import_module(module), attribute or "app"))
        return name, command, rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=(
        "信桥 Xinqiao: from a city's integrated records to explained credit scores, matched loan products and reports.\n\n"
        "Start with [bold]xinqiao demo[/bold]. Every command takes --workspace, the folder of one deployment."
    ),
)


@app.callback()
def _root() -> None:
    """Typer needs a callback for a group whose commands are resolved by name."""


def main() -> None:
    """Entry point of the console command."""
    app()


if __name__ == "__main__":
    main()
