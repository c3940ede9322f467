"""What the commands of this room have in common: options, a console, errors as one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from features.engines.engine import Engine

DEFAULT = Path("var/demo")
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="部署目录 Folder of the deployment.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", help="计算引擎 Where it is computed: duckdb or spark.")
]
MasterOption = Annotated[
    str,
    typer.Option(
        "--master", help="Spark 地址 Where Spark runs: local[2], or a cluster (spark://host:7077)."
    ),
]
PartialOption = Annotated[
    bool,
    typer.Option(
        "--allow-partial",
        help="跳过损坏文件并写明 Leave damaged files of the lake out; the vectors say so.",
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="XINQIAO_ONLINE_STORE_URL",
        show_envvar=True,
        help="在线库 The online store: postgresql+psycopg://… or a file; online.db of the workspace "
        "if absent.",
    ),
]


def told() -> AbstractContextManager[Console]:
    """A console, and errors as one red sentence instead of a traceback."""
    from data_contracts import terminal
    from features.errors import FeaturesError

    return terminal.told(FeaturesError)


@contextmanager
def opened(engine: str, master: str) -> Iterator[Engine]:
    """An engine that stays open for the whole command: a session of Spark takes seconds to start."""
    from features.engines.engine import engine_of

    with engine_of(engine, master) as found:
        yield found


def day_of(text: str) -> date:
    """A day that somebody typed.

    Raises
    ------
    FeaturesError
        When it is none.
    """
    from features.errors import FeaturesError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FeaturesError(f"{text!r} is no day.", expected="YYYY-MM-DD") from error
