"""`xinqiao features relations`: groups with one exposure each, and the group of one subject."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.console import told

if TYPE_CHECKING:
    import pyarrow as pa

    from data_contracts.intake.lake import Lake
    from features.relations.groups import Kind, Network
    from features.relations.history import History

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="关联关系 Related firms as of a day: control, shared key persons and guarantees make groups, "
    "and a group has one exposure. `groups` lists them, largest first; `show` tells who is in a subject's group, why, "
    "with what exposure, and the features that follow. Groups are found anew for each day, from what was known by it.",
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment.")
]
DayOption = Annotated[str | None, typer.Option("--as-of", help="YYYY-MM-DD; today if absent.")]
KindOption = Annotated[str, typer.Option(help="control or risk.")]
_DEFAULT = Path("var/demo")


@app.command("groups")
def groups(
    workspace: WorkspaceOption = _DEFAULT,
    as_of: DayOption = None,
    kind: KindOption = "risk",
    firms: Annotated[int, typer.Option(help="Only groups of at least so many firms.")] = 2,
    top: Annotated[int, typer.Option(help="How many to print.")] = 20,
    out: Annotated[Path | None, typer.Option(help="Parquet file for all of them.")] = None,
) -> None:
    """List the groups of a day, one exposure each, largest first.

    列出某日的集团，各计一个敞口。 A group is at high risk only by a notice that the head of the branch approved.

    例 Example: xinqiao features relations groups -w var/demo --as-of 2024-06-30 --out groups.parquet
    """
    with told() as console:
        from rich.table import Table

        from features.errors import FeaturesError
        from features.relations.exposure import group_table
        from features.relations.show import day_number

        day, chosen = _day(workspace, as_of), _kind(kind)
        _, history, network, _ = _network(workspace, day)
        found = group_table(history, network, day_number(day), chosen)
        found = found[found["firms"] >= firms].reset_index(drop=True)
        table = Table(title=f"关联集团 Groups ({kind}) {day}: {len(found)}", title_justify="left")
        table.add_column("集团\ngroup", no_wrap=True)
        for column in (
            "企业\nfirms",
            "余额 万元\nbalance",
            "额度\nlimit",
            "对外担保\ngiven",
            "违约\nbad",
            "担保圈\ncircle",
            "高风险\nhigh risk",
        ):
            table.add_column(column, justify="right", overflow="fold")
        for row in found.head(top).to_dict("records"):
            amounts = (row[f"{name}_cents"] for name in ("balance", "limit", "guaranteed_out"))
            table.add_row(
                row["group_id"],
                str(row["firms"]),
                *(f"{amount / 1_000_000:,.0f}" for amount in amounts),
                str(row["defaulted"]),
                str(row["circle_members"]),
                "、".join(row["notices"]) if row["high_risk"] else "",
            )
        console.print(table)
        if out is not None:
            try:
                found.to_parquet(out, index=False)
            except OSError as error:
                raise FeaturesError(f"cannot write {out}: {error.strerror}.") from error
            console.print(f"{len(found):,} groups -> {out}")


@app.command("show")
def show(
    subject: Annotated[str, typer.Argument(help="Subject id, such as USCC-….")],
    workspace: WorkspaceOption = _DEFAULT,
    as_of: DayOption = None,
    kind: KindOption = "risk",
    picture: Annotated[
        Path | None, typer.Option(help="Draw it into this file too (.svg, .png, .pdf).")
    ] = None,
) -> None:
    """Show who is in a subject's group, why, with what exposure, and the features of the group.

    展示主体所在集团的成员、关系、敞口与特征。

    例 Example: xinqiao features relations show USCC-... -w var/demo --picture group.svg
    """
    with told() as console:
        from features.identity.aliases import canonical_on
        from features.relations.picture import draw_group
        from features.relations.show import feature_table, group_tree

        day, chosen = _day(workspace, as_of), _kind(kind)
        lake, history, network, aliases = _network(workspace, day)
        subject = canonical_on(aliases, subject, day)
        console.print(group_tree(lake, history, network, subject, day, chosen))
        console.print(feature_table(lake, subject, day, aliases))
        if picture is not None:
            draw_group(lake, history, network, subject, day, picture, chosen)
            console.print(f"-> {picture}")


def _network(workspace: Path, day: date) -> tuple[Lake, History, Network, pa.Table]:
    from data_contracts.intake.lake import Lake
    from data_contracts.workspace import Workspace
    from features.errors import FeaturesError
    from features.identity.aliases import aliases_of
    from features.relations.groups import network
    from features.relations.history import load_history
    from features.relations.show import day_number

    place = Workspace(workspace)
    lake, aliases = Lake(place.lake_dir), aliases_of(place)
    history = load_history(lake, aliases=aliases)
    if not len(history):
        raise FeaturesError(
            "the lake holds no relations or accounts.", hint="see: xinqiao contracts"
        )
    return lake, history, network(history, day_number(day)), aliases


def _day(workspace: Path, text: str | None) -> date:
    from data_contracts.workspace import Workspace
    from features.errors import FeaturesError

    try:
        return Workspace(workspace).today() if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise FeaturesError("this is no day.", expected="YYYY-MM-DD") from error


def _kind(text: str) -> Kind:
    from features.errors import FeaturesError
    from features.relations.groups import KINDS

    for kind in KINDS:
        if kind == text:
            return kind
    raise FeaturesError("there is no such kind of group.", expected=", ".join(KINDS))
