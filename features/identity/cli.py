"""`xinqiao features identity`: who is who among the records, and applications that repeat each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.console import told

if TYPE_CHECKING:
    from features.identity.settings import LinkSettings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="谁是谁 Who is who: old codes and names led to the 18-digit code, doubts, errors, repeated applications. "
    "First `link`, daily; then `review` its doubts. Linked records count for the enterprise in every build, from "
    "the day on which the link was known.",
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment.")
]
_DEFAULT = Path("var/demo")


@app.command()
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
    """Link old codes and names to unified social credit codes; put doubts into the review queue.

    关联旧代码与名称，存疑者进入待核队列。 Codes and equal names are linked by rules; names that only resemble each
    other are scored with splink. Nothing is believed twice: run it daily.

    例 Example: xinqiao features identity link -w var/demo --feedback errors.csv
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.feedback import errors, write_errors
        from features.identity.link import link as run
        from features.identity.printing import print_linked
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
        print_linked(console, found, len(pairs))
        if feedback is not None:
            held = [c for c in (*found.links, *found.doubts) if c.since <= day < c.until]
            path = write_errors(feedback, list(errors(lake, found.index, held, supplier)))
            console.print(f"反馈文件 Feedback: {path}", highlight=False)


@app.command()
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
    """List pairs that wait for a decision, or decide on one.

    待核队列：列出或作出决定。 A decision counts from today on, never for days before; the last one stands.

    例 Example: xinqiao features identity review -w var/demo

    例 Example: xinqiao features identity review --pair NAME-... USCC-... --state confirmed --by 王 --note 电话核实
    """
    with told() as console:
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


@app.command()
def report(
    workspace: WorkspaceOption = _DEFAULT,
    contract: Annotated[
        str | None, typer.Option(help="Only subjects of this contract's records.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day (YYYY-MM-DD); today if absent.")] = None,
) -> None:
    """Count how many subjects match an enterprise, by score.

    各分值的匹配数量。

    例 Example: xinqiao features identity report -w var/demo --contract abnormal_operation
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.link import link as run
        from features.identity.printing import print_report
        from features.identity.report import by_score
        from features.identity.resolve import store_of

        place = Workspace(workspace)
        store = store_of(place.features_dir)
        day = _day(as_of) or place.today()
        lake = Lake(place.lake_dir)
        found = run(lake, day, decisions=store.decisions())
        print_report(console, by_score(lake, found, contract), found.as_of)


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(help="A code of any kind, a name, or a subject id.")],
    workspace: WorkspaceOption = _DEFAULT,
    as_of: Annotated[str | None, typer.Option(help="Day (YYYY-MM-DD); today if absent.")] = None,
) -> None:
    """Ask which enterprise a code or name is, with candidates and their scores.

    查询代码或名称对应的企业。

    例 Example: xinqiao features identity lookup 60003734-1

    例 Example: xinqiao features identity lookup 北京华信电子有限公司
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.lookup import lookup as ask
        from features.identity.printing import print_answers
        from features.identity.resolve import store_of

        place = Workspace(workspace)
        day = _day(as_of) or place.today()
        found = ask(Lake(place.lake_dir), text, day, store_of(place.features_dir))
        print_answers(console, text, day, found)


@app.command()
def applications(
    workspace: WorkspaceOption = _DEFAULT,
    as_of: Annotated[str | None, typer.Option(help="Day (YYYY-MM-DD); today if absent.")] = None,
    window: Annotated[
        int, typer.Option(help="Days within which the same purpose is one need.")
    ] = 30,
    out: Annotated[
        Path | None, typer.Option(help="CSV of all applications with the need of each.")
    ] = None,
) -> None:
    """Find applications of one subject that repeat each other across lenders and platforms.

    查找同一主体的重复申请。 Same subject under any of its ids, same purpose, within the window, while an earlier one
    still stands. Applications with one joint number are one need and no repeat.

    例 Example: xinqiao features identity applications -w var/demo --out repeats.csv
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.aliases import aliases_of
        from features.identity.applications import filed_by, place, write_repeats
        from features.identity.printing import print_needs

        where = Workspace(workspace)
        day = _day(as_of) or where.today()
        placed = place(filed_by(Lake(where.lake_dir), day, aliases_of(where)), window)
        print_needs(console, placed, day, window)
        if out is not None:
            console.print(f"申请清单 Applications: {write_repeats(out, placed)}", highlight=False)


@app.command()
def measure(
    workspace: WorkspaceOption = _DEFAULT,
    truth: Annotated[
        Path | None, typer.Option(help="truth/simulated_identities.parquet of a simulated city.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the drawing, without --truth.")] = 1,
) -> None:
    """Measure precision and recall by score, with 95 % intervals.

    衡量查准率与查全率。 With the truth of a simulated city its aliases are asked for. Without it codes that the lake
    knows are hidden, and the names alone must lead back to them.

    例 Example: xinqiao features identity measure -w var/demo --truth city/truth/simulated_identities.parquet
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace
        from features.identity.evidence import read_evidence
        from features.identity.exact import Index
        from features.identity.measure import (
            bands,
            hidden_codes,
            proposals,
            read_truth,
            with_aliases,
        )
        from features.identity.printing import print_bands
        from features.identity.settings import LinkSettings

        place = Workspace(workspace)
        index = Index.of(read_evidence(Lake(place.lake_dir)))
        if truth is not None:
            index, true = with_aliases(index, read_truth(truth), place.today())
        else:
            index, true = hidden_codes(index, seed=seed)
        print_bands(console, bands(proposals(index, LinkSettings(review=0.15)), true), len(true))


@app.command()
def lists(
    folder: Annotated[
        Path, typer.Argument(help="Folder of open lists (Parquet), named as their mappings.")
    ],
    workspace: WorkspaceOption = Path("var/lists"),
    contract: Annotated[
        str, typer.Option(help="Whose subjects are matched with the coded lists.")
    ] = "abnormal_operation",
) -> None:
    """Take a city's open lists in and report how many of their names match a code, at which score.

    接入公开名单，报告名称与代码的匹配情况。 A list is taken in where a mapping of its name is shipped.

    例 Example: xinqiao features identity lists ../shared/data/beijing_open_records
    """
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.progress import bars
        from data_contracts.workspace import Workspace
        from features.identity.link import link as run
        from features.identity.lists import take_in
        from features.identity.printing import print_report
        from features.identity.report import by_score

        place = Workspace(workspace).create()
        with bars(console) as progress:
            taken = take_in(folder, place, progress)
        lake, day = Lake(place.lake_dir), place.today()
        console.print(f"名单 Lists: {taken}", highlight=False)
        print_report(console, by_score(lake, run(lake, day), contract), day)


def _settings(accept: float, review: float) -> LinkSettings:
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
