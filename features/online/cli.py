"""`xinqiao features materialise` and `verify`: plain functions, mounted by the room's command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from datetime import time as midnight
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.console import (
    DEFAULT,
    EngineOption,
    MasterOption,
    PartialOption,
    StoreOption,
    WorkspaceOption,
    day_of,
    opened,
    told,
)

if TYPE_CHECKING:
    from rich.console import Console

    from data_contracts.intake.lake import Lake
    from data_contracts.workspace import Workspace
    from features.engines.engine import Engine
    from features.identity.review import ReviewStore
    from features.online.refresh import Refreshed
    from features.online.store import OnlineStore
    from features.online.verify import Verified
    from features.view import FeatureView


def materialise(
    views: Annotated[
        list[str] | None,
        typer.Argument(help="视图 Views; all whose records the lake holds if absent."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="日期 Day (YYYY-MM-DD); today if absent, or the day of each decision where a view has "
            "decisions."
        ),
    ] = None,
    changed: Annotated[
        bool,
        typer.Option(
            "--changed", help="只刷新有新记录的主体 Only subjects with records since the last run."
        ),
    ] = False,
    batch: Annotated[
        list[str] | None,
        typer.Option(help="批次 Only subjects of this batch (first letters of its digest)."),
    ] = None,
    follow: Annotated[
        float | None,
        typer.Option(
            min=0.2,
            help="持续刷新 Look for new batches every so many seconds and refresh, until stopped.",
        ),
    ] = None,
    engine: EngineOption = "duckdb",
    master: MasterOption = "local[2]",
    allow_partial: PartialOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="试运行 Say who would be computed, and stop.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """写入在线库 Bring vectors to the online store: of everybody (nightly), or of those with new records."""
    with told() as console, _place(workspace, store) as (place, lake, target):
        from data_contracts.progress import bars
        from features.identity.resolve import store_of
        from features.online.refresh import materialise as bring_all
        from features.online.refresh import refresh

        decided = store_of(place.features_dir)
        if dry_run:
            decided = decided.at(decided.position())  # for reading: nothing is kept
            for chosen in _views(lake, views):
                day = _day(place, chosen, as_of)
                some = changed or bool(batch)
                _say_who(console, chosen, lake, target, day, some, batch, decided)
            return
        with opened(engine, master) as machine:
            if follow is not None:
                _follow(console, place, lake, target, views, as_of, follow, machine, allow_partial)
                return
            for chosen in _views(lake, views):
                day = _day(place, chosen, as_of)
                with bars(console) as progress:
                    if changed or batch:
                        done = refresh(
                            chosen, lake, target, day, batches=batch or None, progress=progress,
                            engine=machine, allow_partial=allow_partial, review=decided,
                        )  # fmt: skip
                    else:
                        done = bring_all(
                            chosen, lake, target, day, progress=progress, engine=machine,
                            allow_partial=allow_partial, review=decided,
                        )  # fmt: skip
                _print_done(console, done)


def verify(
    view: Annotated[
        str | None, typer.Argument(help="视图 Only vectors of this view; all if absent.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT,
    since: Annotated[
        str | None, typer.Option(help="自 Served on this day (YYYY-MM-DD) or later.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="至 Served on this day or earlier.")] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="最近若干条 Only so many, the newest.")
    ] = None,
    engine: EngineOption = "duckdb",
    master: MasterOption = "local[2]",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON Print JSON instead.")] = False,
    out: Annotated[Path | None, typer.Option(help="报告文件 File for the JSON report.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="列出全部特征 List features without a mismatch too.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """核验 Replay every served vector against the offline value of its day and knowledge.

    有差异、被改动或知识缺失时退出码为 1 Exit code 1 when a value differs, a row was altered, or the lake lost
    a commit.
    """
    with told() as console, _place(workspace, store) as (place, lake, target):
        from rich.console import Console

        from data_contracts.progress import bars
        from features.catalogue import view as find
        from features.errors import FeaturesError
        from features.identity.resolve import store_of
        from features.online.verify import verify as replay

        if view is not None:
            find(view)
        shown = Console(stderr=True) if as_json else console
        with bars(shown) as progress, opened(engine, master) as machine:
            found = replay(
                target, lake, view, since=_moment(place, since, 0), until=_moment(place, until, 1),
                last=last, engine=machine, progress=progress,
                review=store_of(place.features_dir),
            )  # fmt: skip
        if out is not None:
            try:
                text = json.dumps(found.spec(), ensure_ascii=False, indent=1) + "\n"
                out.write_text(text, encoding="utf-8")
            except OSError as error:
                raise FeaturesError(f"cannot write {out}: {error.strerror}.") from error
        if as_json:
            typer.echo(json.dumps(found.spec(), ensure_ascii=False, indent=1))
        else:
            _print_verified(console, found, every)
        if not found.true:
            raise typer.Exit(1)


@contextmanager
def _place(workspace: Path, store: str | None) -> Iterator[tuple[Workspace, Lake, OnlineStore]]:
    from data_contracts.intake.lake import Lake
    from data_contracts.workspace import Workspace
    from features.online.store import OnlineStore

    place = Workspace(workspace)
    target = OnlineStore(store or place.online_store)
    try:
        yield place, Lake(place.lake_dir), target
    finally:
        target.close()


def _views(lake: Lake, names: list[str] | None) -> list[FeatureView]:
    from features.catalogue import VIEWS, view
    from features.errors import FeaturesError
    from features.spines import DECISIONS

    if names:
        return [view(name) for name in names]
    held = {name for commit in lake.commits() for name in commit.files}
    found = [
        one
        for one in VIEWS.values()
        if (DECISIONS[one.name][0] in held if one.name in DECISIONS else held & set(one.contracts))
    ]
    if not found:
        raise FeaturesError(
            "the lake holds no records of any view.",
            hint="take some in first: xinqiao contracts intake",
        )
    return found


def _day(place: Workspace, view: FeatureView, text: str | None) -> date | None:
    from features.spines import DECISIONS

    if text is not None:
        return day_of(text)
    return None if view.name in DECISIONS else place.today()


def _moment(place: Workspace, text: str | None, days: int) -> datetime | None:
    """Midnight at the start of a day of the workspace's time zone (plus `days`), in UTC."""
    from datetime import UTC, timedelta
    from zoneinfo import ZoneInfo

    if text is None:
        return None
    day = day_of(text) + timedelta(days=days)
    return datetime.combine(day, midnight(), ZoneInfo(place.timezone)).astimezone(UTC)


def _say_who(
    console: Console,
    view: FeatureView,
    lake: Lake,
    store: OnlineStore,
    day: date | None,
    some: bool,
    batches: list[str] | None,
    decided: ReviewStore,
) -> None:
    from features.identity.aliases import aliases_for
    from features.online.refresh import stale
    from features.spines import spine_of

    among = None
    if some:
        known = aliases_for(view, lake, decided)
        among = stale(view, lake, store, batches or None, day=day, known=known)
    asked = spine_of(view, lake, day, among=among)["subject_id"].nunique()
    console.print(
        f"{view.name}: {asked:,} subjects x {len(view.names)} features, "
        f"{'as of ' + day.isoformat() if day else 'each as of its decision'}; "
        f"{store.count(view.name):,} vectors are stored",
        highlight=False,
    )


def _follow(
    console: Console,
    place: Workspace,
    lake: Lake,
    store: OnlineStore,
    names: list[str] | None,
    as_of: str | None,
    seconds: float,
    engine: Engine,
    allow_partial: bool,
) -> None:
    """Refresh when the lake has a new commit or an identity was decided on; Ctrl-C ends it, the next run goes on."""
    from features.identity.resolve import store_of
    from features.online.refresh import materialise as bring_all
    from features.online.refresh import refresh

    decided = store_of(place.features_dir)
    console.print(f"每 {seconds:g} 秒查看一次 Looking every {seconds:g} s; Ctrl-C stops.")
    seen: tuple[object, ...] = ()
    try:
        while True:
            newest = (lake.sequence(), decided.position())
            for view in _views(lake, names) if newest != seen and newest[0] else ():
                day = _day(place, view, as_of)
                run = bring_all if store.position(view.name) is None else refresh
                done = run(
                    view, lake, store, day, engine=engine, allow_partial=allow_partial,
                    review=decided,
                )  # fmt: skip
                if done.concerned:
                    _print_done(console, done)
            seen = newest
            time.sleep(seconds)
    except KeyboardInterrupt:
        console.print("已停止 Stopped.")


def _print_done(console: Console, done: Refreshed) -> None:
    for file in done.skipped_files:
        console.print(f"已跳过 Left out: {file}", style="yellow", highlight=False)
    console.print(
        f"{done.view}: 写入 written {done.written:,}, 移除 removed {done.removed:,} "
        f"(湖提交 lake commit {done.sequence})",
        highlight=False,
    )


def _print_verified(console: Console, found: Verified, every: bool) -> None:
    from rich.table import Table

    shown = [one for one in found.features if every or one.mismatches]
    if shown:
        table = Table(title="逐特征核验 Replay by feature", title_justify="left")
        for name in ("视图 view", "特征 feature"):
            table.add_column(name, overflow="fold")
        for name in ("已比 compared", "差异 mismatches", "最大相对差 largest"):
            table.add_column(name, justify="right")
        table.add_column("请求 requests", overflow="fold")
        for one in shown:
            table.add_row(
                one.view, one.feature, f"{one.compared:,}", f"{one.mismatches:,}",
                f"{one.largest:.3g}", " ".join(one.examples),
                style="red" if one.mismatches else None,
            )  # fmt: skip
        console.print(table)
    lines = [
        (f"服务记录 Served: {found.served:,}; 已重放 replayed: {found.replayed:,}", None),
        (f"已比数值 Values compared: {found.compared:,}", None),
        (
            f"差异 Mismatches: {found.mismatches:,}",
            "red" if found.mismatches else "green",
        ),
    ]
    if found.altered:
        told = f"记录被改动 Altered rows: {len(found.altered):,}: {' '.join(found.altered[:5])}"
        lines.append((told, "red"))
    if found.lost:
        told = f"其提交或身份决定已不存在 Their commit or decisions are gone: {found.lost:,}"
        lines.append((told, "red"))
    if found.other_ids:
        told = f"身份关联不一致 Other ids counted: {len(found.other_ids):,}: {' '.join(found.other_ids[:5])}"
        lines.append((told, "red"))
    if found.without_commit:
        told = f"未记录提交，无法重放 Put without a lake, not replayed: {found.without_commit:,}"
        lines.append((told, "yellow"))
    if found.other_definition:
        told = f"定义已变，未比 Values declared otherwise then, not compared: {found.other_definition:,}"
        lines.append((told, "yellow"))
    for text, style in lines:
        console.print(text, style=style, highlight=False)
