"""`xinqiao features`: the catalogue, vectors of a workspace, and the online store that serves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.console import (
    DEFAULT,
    EngineOption,
    MasterOption,
    PartialOption,
    WorkspaceOption,
    day_of,
    opened,
    told,
)
from features.identity.cli import app as identity_app
from features.online.cli import materialise, verify
from features.relations.cli import app as relations_app

if TYPE_CHECKING:
    from rich.console import Console

    from features.view import FeatureView

_EPILOG = (
    "例 Examples: `xinqiao features list firm` · `xinqiao features lineage void_rate` · "
    "`xinqiao features build firm --as-of 2024-01-01 --out firm.parquet` · "
    "`xinqiao features materialise firm` · `xinqiao features verify`"
)
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    epilog=_EPILOG,
    help="特征：目录、沿革、计算、在线库与核验 List, explain and build features as of a day; bring them "
    "to the online store; prove that what was served is what was known.",
)
app.add_typer(identity_app, name="identity")
app.add_typer(relations_app, name="relations")

ViewArgument = Annotated[
    str | None, typer.Argument(help="视图 A view of the catalogue, such as firm; all if absent.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON Print JSON instead.")]


@app.command("list", epilog="例 Example: `xinqiao features list household --theme farm`")
def list_features(
    view: ViewArgument = None,
    theme: Annotated[str | None, typer.Option(help="主题 Only features of this theme.")] = None,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None,
        typer.Option(
            help="目录页 Folder for the catalogue page: features.zh.html and features.en.html."
        ),
    ] = None,
) -> None:
    """特征目录 List the features of a view, or write the catalogue page."""
    with told() as console:
        from features.catalogue import VIEWS, catalogue_rows
        from features.catalogue import view as find
        from features.errors import FeaturesError

        rows = [row for row in catalogue_rows(view) if theme in (None, row["theme"])]
        if not rows:
            themes = sorted({row["theme"] for row in catalogue_rows(view)})
            raise FeaturesError(f"there is no theme {theme!r}.", expected=", ".join(themes))
        if html is not None:
            from features.catalogue_page import write_pages

            for path in write_pages([find(view)] if view else list(VIEWS.values()), html):
                console.print(f"{path}", highlight=False)
        elif as_json:
            console.print_json(json.dumps(rows), ensure_ascii=False)
        else:
            _print_list(console, rows)


@app.command("show", epilog="例 Example: `xinqiao features show card_utilisation`")
def show_feature(
    name: Annotated[str, typer.Argument(help="特征 Name of a feature.")],
    as_json: JsonOption = False,
) -> None:
    """特征说明 Explain one feature: what it is, what it is made from, and what people are told."""
    with told() as console:
        from rich.table import Table

        from features.lineage import features_named

        found = features_named(name)
        if as_json:
            specs = [{"view": view, **feature.spec()} for view, feature in found]
            console.print_json(json.dumps(specs), ensure_ascii=False)
            return
        for view, feature in found:
            table = Table(title=f"{name} ({view})", title_justify="left", show_header=False)
            for key, value in feature.spec().items():
                if key not in ("name", "null_meaning", "contract") and value not in ("", [], {}):
                    table.add_row(key, _shown(value))
            console.print(table)


@app.command(
    "lineage",
    epilog="例 Examples: `xinqiao features lineage void_rate` · `xinqiao features lineage tax_payment` "
    "(谁用到它 what reads it) · `xinqiao features lineage tax_payment.tax_paid_cents --json`",
)
def lineage(
    name: Annotated[
        str, typer.Argument(help="特征、契约或字段 A feature, a contract, or contract.field.")
    ],
    view: Annotated[str | None, typer.Option(help="视图 Only features of this view.")] = None,
    as_json: JsonOption = False,
) -> None:
    """数据沿革 Follow a feature to contract fields and suppliers, or a field to its features."""
    with told() as console:
        from features.lineage import features_from, features_named, lineage_of, lineage_tree

        found = features_from(name, view) or features_named(name, view)
        if as_json:
            rows = [{"view": where, **lineage_of(feature)} for where, feature in found]
            console.print_json(json.dumps(rows), ensure_ascii=False)
            return
        console.print(lineage_tree(found))


@app.command(
    "build",
    epilog="例 Examples: `xinqiao features build individual --out cards.parquet` · "
    "`xinqiao features build firm --as-of 2024-01-01 --engine spark --out firm.parquet`",
)
def build_view(
    view: Annotated[str, typer.Argument(help="视图 A view of the catalogue, such as firm.")],
    out: Annotated[
        Path | None, typer.Option(help="Parquet 文件 File to write; not needed with --dry-run.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT,
    subject: Annotated[str | None, typer.Option(help="主体 Only this subject.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="日期 Day (YYYY-MM-DD) for all; the day of each decision if absent, where a view has "
            "decisions."
        ),
    ] = None,
    engine: EngineOption = "duckdb",
    master: MasterOption = "local[2]",
    allow_partial: PartialOption = False,
    supplied: Annotated[
        bool, typer.Option("--supplied", help="附加列 Tell for each contract if it was supplied.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="试运行 Say what would be computed, and stop.")
    ] = False,
) -> None:
    """计算特征 Compute the features of a view for every subject or decision, into a Parquet file."""
    with told() as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.progress import bars
        from data_contracts.workspace import Workspace
        from features.catalogue import view as find
        from features.errors import FeaturesError
        from features.identity.aliases import aliases_for
        from features.identity.resolve import store_of
        from features.point_in_time import SKIPPED, build
        from features.spines import spine_of

        chosen = find(view)
        place = Workspace(workspace)
        lake = Lake(place.lake_dir)
        if out is None and not dry_run:
            raise FeaturesError("no file to write to.", hint="name one with --out FILE.parquet")
        day = None if as_of is None else day_of(as_of)
        spine = spine_of(chosen, _readable(chosen, lake, allow_partial), day)
        if subject is not None:
            spine = spine[spine["subject_id"] == subject]
        if spine.empty:
            raise FeaturesError("there is nobody to compute features for.", hint="check --subject")
        if dry_run:
            _print_plan(console, chosen, lake, len(spine))
            return
        readable = _readable(chosen, lake, allow_partial, names=chosen.subject_kind == "enterprise")
        known = aliases_for(chosen, readable, store_of(place.features_dir))
        with bars(console) as progress, opened(engine, master) as machine:
            frame = build(
                chosen, lake, spine, progress, engine=machine, supplied=supplied,
                allow_partial=allow_partial, aliases=None if known is None else known.table,
            )  # fmt: skip
        try:
            frame.to_parquet(out, index=False)
        except OSError as error:
            raise FeaturesError(f"cannot write {out}: {error.strerror}.") from error
        for file in frame.attrs.get(SKIPPED, ()):
            console.print(f"已跳过 Left out: {file}", style="yellow", highlight=False)
        console.print(f"{len(frame):,} rows x {len(chosen.names)} features -> {out}")


app.command(
    "materialise",
    epilog="例 Examples: `xinqiao features materialise firm` (每晚 nightly) · `xinqiao features materialise "
    "--changed` (有记录到达时 when records arrived) · `xinqiao features materialise --follow 5`",
)(materialise)
app.command(
    "verify",
    epilog="例 Examples: `xinqiao features verify` · `xinqiao features verify firm --since 2026-11-01 "
    "--json` (有差异时退出码 1 exit code 1 when anything differs)",
)(verify)


def _readable(view: FeatureView, lake: Any, allow_partial: bool, names: bool = False) -> Any:
    from features.identity.evidence import evidence_contracts
    from features.partitions import PartialLake, skippable_files
    from features.plan import contracts_read

    contracts = [*contracts_read(view), *(evidence_contracts() if names else ())]
    skipped = skippable_files(lake, dict.fromkeys(contracts)) if allow_partial else ()
    return PartialLake(lake, skipped) if skipped else lake


def _print_list(console: Console, rows: list[dict[str, str]]) -> None:
    from rich.table import Table

    for name in dict.fromkeys(row["view"] for row in rows):
        mine = [row for row in rows if row["view"] == name]
        table = Table(title=f"特征 Features: {name} ({len(mine)})", title_justify="left")
        table.add_column("名称 name", no_wrap=True)
        table.add_column("特征 title")
        table.add_column("单位 unit")
        table.add_column("风险 risk", justify="center")
        for row in mine:
            title = f"{row['title_zh']}\n{row['title_en']}"
            table.add_row(
                row["name"], title, f"{row['unit_zh']} {row['unit_en']}", row["direction"]
            )
        console.print(table)


def _print_plan(console: Console, view: FeatureView, lake: Any, rows: int) -> None:
    from rich.table import Table

    from features.plan import contracts_read

    console.print(f"{rows:,} rows x {len(view.names)} features", highlight=False)
    table = Table(title="读取的契约 Contracts that are read", title_justify="left")
    table.add_column("contract", no_wrap=True)
    table.add_column("文件 files", justify="right")
    for name in contracts_read(view):
        table.add_row(name, f"{len(lake.files(name)):,}" if lake.files(name) else "未提供 none")
    console.print(table)


def _shown(value: Any) -> str:
    """A value of a spec as text: both languages of whatever has two."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return f"{value['zh']} {value['en']}"
        return "\n".join(f"{code}: {_shown(titles)}" for code, titles in value.items())
    if isinstance(value, list):
        between = "\n" if any(isinstance(part, dict) for part in value) else ", "
        return between.join(_shown(part) for part in value)
    return str(value)
