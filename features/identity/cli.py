"""`identity link`, `review` and `report`: plain functions, to be mounted by the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from features.identity.link import Linked

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment.")
]
_DEFAULT = Path("var/demo")


@contextmanager
def _told() -> Iterator[Any]:
    """A console, and errors as one red sentence instead of a traceback."""
    from rich.console import Console

    from data_contracts.errors import ContractsError
    from features.errors import FeaturesError

    try:
        yield Console()
    except (FeaturesError, ContractsError) as error:
        Console(stderr=True).print(f"{error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error


def link(
    workspace: WorkspaceOption = _DEFAULT,
    as_of: Annotated[str | None, typer.Option(help="Day (YYYY-MM-DD); today if absent.")] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Equal codes and names alone, without splink.")
    ] = False,
    accept: Annotated[float, typer.Option(help="Believed from this score on.")] = 0.8,
    review: Annotated[float, typer.Option(help="Reviewed from this score on.")] = 0.3,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, and record nothing.")] = False,
    feedback: Annotated[
        Path | None, typer.Option(help="CSV for suppliers: wrong or old codes and names.")
    ] = None,
    supplier: Annotated[
        str | None, typer.Option(help="Only this supplier's records in it.")
    ] = None,
) -> None:
    """Link old codes and names to unified social credit codes; put doubts into the review queue."""
    with _told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.feedback import errors, write_errors
        from features.identity.link import link as run
        from features.identity.report import pairs_to_judge
        from features.identity.resolve import store_of

        place = Workspace(workspace)
        lake = Lake(place.lake_dir)
        store = store_of(place.features_dir)
        day = _day(as_of) or place.today()
        found = run(
            lake, day, settings=_settings(accept, review), decisions=store.decisions(),
            by_similarity=not exact,
        )  # fmt: skip
        pairs = pairs_to_judge(found)
        if not dry_run:
            store.record(day, pairs, found.accepted)
        _print_linked(console, found, len(pairs))
        if feedback is not None:
            held = [c for c in (*found.links, *found.doubts) if c.since <= day < c.until]
            path = write_errors(feedback, list(errors(lake, found.index, held, supplier)))
            console.print(f"反馈文件 Feedback: {path}", highlight=False)


def review(
    workspace: WorkspaceOption = _DEFAULT,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="Subject and enterprise to decide on.")
    ] = None,
    state: Annotated[
        str, typer.Option(help="open, confirmed or rejected: what to list, or to decide.")
    ] = "open",
    by: Annotated[str, typer.Option(help="Who decides.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    limit: Annotated[int, typer.Option(help="So many pairs are listed.")] = 20,
) -> None:
    """List pairs that wait for a decision, or decide on one."""
    with _told() as console:
        from rich.table import Table

        from data_contracts.workspace import Workspace
        from features.identity.report import AGAINST, HOW
        from features.identity.resolve import store_of

        place = Workspace(workspace)
        store = store_of(place.features_dir)
        if pair is not None:
            store.decide(*pair, state, by=by, at=place.today(), note=note)
            console.print(f"已记录 Recorded: {pair[0]} → {pair[1]}: {state}", highlight=False)
            return
        rows = store.queue(None if state == "all" else state)
        table = Table(title=f"待核 Review: {state} ({len(rows):,})", title_justify="left")
        for title in ("主体 subject", "企业 enterprise", "分值 score", "依据 why", "证据 evidence"):
            table.add_column(title, overflow="fold")
        for row in rows[:limit]:
            why = " ".join(
                filter(None, (HOW.get(row["how"] or "", ""), AGAINST.get(row["against"] or "", "")))
            )
            score = "" if row["score"] is None else f"{row['score']:.3f}"
            table.add_row(row["subject"], row["target"], score, why, row["evidence"] or "")
        console.print(table)


def report(
    workspace: WorkspaceOption = _DEFAULT,
    contract: Annotated[
        str | None, typer.Option(help="Only subjects of this contract's records.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day (YYYY-MM-DD); today if absent.")] = None,
) -> None:
    """Count how many subjects match an enterprise, by score, and how many records they have."""
    with _told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.link import link as run
        from features.identity.resolve import store_of

        place = Workspace(workspace)
        store = store_of(place.features_dir)
        day = _day(as_of) or place.today()
        lake = Lake(place.lake_dir)
        found = run(lake, day, decisions=store.decisions())
        _print_report(console, lake, found, contract)


def _settings(accept: float, review: float) -> Any:
    from pydantic import ValidationError

    from features.errors import FeaturesError
    from features.identity.settings import LinkSettings

    try:
        return LinkSettings(accept=accept, review=review)
    except ValidationError as error:
        raise FeaturesError(
            "the thresholds do not fit.", expected="0 < review <= accept <= 1"
        ) from error


def _day(text: str | None) -> date | None:
    from features.errors import FeaturesError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FeaturesError(f"{text!r} is no day.", expected="YYYY-MM-DD") from error


def _print_linked(console: Any, found: Linked, waiting: int) -> None:
    from rich.table import Table

    from features.identity.codes import scheme
    from features.identity.report import HOW

    held = [c for c in found.links if c.since <= found.as_of < c.until]
    table = Table(title=f"身份关联 Links as of {found.as_of}", title_justify="left")
    for title in ("依据 by", "原编号 from", "归一至 to"):
        table.add_column(title)
    table.add_column("主体 subjects", justify="right")
    counted = Counter((c.how, scheme(c.subject), scheme(c.target)) for c in held)
    for (how, one, other), count in sorted(counted.items(), key=lambda item: -item[1]):
        table.add_row(HOW[how], one, other, f"{count:,}")
    console.print(table)
    console.print(f"待核 To be reviewed: {waiting:,}", highlight=False)


def _print_report(console: Any, lake: Any, found: Linked, contract: str | None) -> None:
    from rich.table import Table

    from features.identity.report import by_score

    table = Table(title=f"匹配情况 Matches as of {found.as_of}", title_justify="left")
    table.add_column("分值 score")
    table.add_column("依据 by")
    table.add_column("主体 subjects", justify="right")
    for score, how, count in by_score(lake, found, contract):
        table.add_row(score, how, f"{count:,}")
    console.print(table)
