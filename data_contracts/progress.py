"""Progress bars for long work, the same in every room's command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def bars(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar per family of steps while the block runs.

    Yields
    ------
    callable(step, done, total)
        `step`'s first word names the bar; the whole text stands beside it. The bar is full when `done == total`.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<44.44}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as shown:
        task = shown.add_task("", total=None, visible=False)

        def step(text: str, done: int, total: int) -> None:
            shown.update(task, description=text, completed=done, total=total, visible=True)

        yield step
