"""How every room's command line speaks: to a console, and of its errors in one red sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def told(*errors: type[Exception]) -> Iterator[Any]:
    """A console, and errors as one red sentence on standard error instead of a traceback.

    Parameters
    ----------
    errors
        What is told besides a ContractsError.

    Yields
    ------
    rich.console.Console

    Raises
    ------
    typer.Exit
        With code 1, after an error was told.
    """
    from rich.console import Console  # only a command that runs needs it

    from data_contracts.errors import ContractsError

    known: tuple[type[Exception], ...] = (ContractsError, *errors)
    try:
        yield Console()
    except known as error:
        Console(stderr=True).print(
            f"{error}", style="red", markup=False, highlight=False, soft_wrap=True
        )
        raise typer.Exit(1) from error
