"""`xinqiao features`: the catalogue of features, and vectors computed from a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data_contracts.terminal import told
from features.errors import FeaturesError

if TYPE_CHECKING:
    import pandas as pd

    from data_contracts.intake.lake import Lake
    from features.view import Feature

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="List, explain and build features as of a day."
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment.")
]
_DEFAULT = Path("var/demo")
_SPINES = {
    # Decisions of a view: who, and the day of the decision.
    "enterprise": "SELECT DISTINCT subject_id, opened_on AS as_of FROM {records}",
    "individual": "SELECT subject_id, max(bill_on) + 1 AS as_of FROM {records} GROUP BY 1",
}
_SPINE_CONTRACT = {"enterprise": "loan_account", "individual": "card_repayment"}


@app.command("list")
def list_features(
    view: Annotated[
        str | None, typer.Argument(help="enterprise or individual; all if absent.")
    ] = None,
) -> None:
    """List the features of a view."""
    with told(FeaturesError) as console:
        from rich.table import Table

        from features.catalogue import catalogue_rows

        rows = catalogue_rows(view)
        for name in dict.fromkeys(row["view"] for row in rows):
            mine = [row for row in rows if row["view"] == name]
            table = Table(title=f"特征 Features: {name} ({len(mine)})", title_justify="left")
            table.add_column("name", no_wrap=True)
            table.add_column("特征 title")
            table.add_column("unit")
            table.add_column("risk", justify="center")
            for row in mine:
                title = f"{row['title_zh']}\n{row['title_en']}"
                table.add_row(row["name"], title, row["unit_en"], row["direction"])
            console.print(table)


@app.command("show")
def show_feature(name: Annotated[str, typer.Argument(help="Name of a feature.")]) -> None:
    """Explain one feature: what it is, what it is made from, and what people are told."""
    with told(FeaturesError) as console:
        from rich.table import Table

        for view, feature in _features(name):
            table = Table(title=f"{name} ({view})", title_justify="left", show_header=False)
            for key, value in feature.spec().items():
                if key not in ("name", "null_meaning", "contract") and value not in ("", [], {}):
                    table.add_row(key, _shown(value))
            console.print(table)


@app.command("build")
def build_view(
    view: Annotated[str, typer.Argument(help="enterprise or individual.")],
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    workspace: WorkspaceOption = _DEFAULT,
    subject: Annotated[str | None, typer.Option(help="Only this subject.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day (YYYY-MM-DD) instead of the day of each decision.")
    ] = None,
) -> None:
    """Compute the features of a view for every decision in a workspace and write them to Parquet."""
    with told(FeaturesError) as console:
        from data_contracts.intake.lake import Lake
        from data_contracts.progress import bars
        from data_contracts.workspace import Workspace
        from features.catalogue import view as find
        from features.point_in_time import build

        chosen = find(view)
        lake = Lake(Workspace(workspace).lake_dir)
        spine = _spine(lake, view)
        if subject is not None:
            spine = spine[spine["subject_id"] == subject]
        if as_of is not None:
            spine = spine.assign(as_of=_day(as_of))
        if spine.empty:
            raise FeaturesError("there is nobody to compute features for.", hint="check --subject")
        with bars(console) as progress:
            frame = build(chosen, lake, spine, progress)
        try:
            frame.to_parquet(out, index=False)
        except OSError as error:
            raise FeaturesError(f"cannot write {out}: {error.strerror}.") from error
        console.print(f"{len(frame):,} rows x {len(chosen.names)} features -> {out}")


def _features(name: str) -> list[tuple[str, Feature]]:
    from difflib import get_close_matches

    from features.catalogue import VIEWS

    found = [(v.name, v[name]) for v in VIEWS.values() if name in v.names]
    if not found:
        names = [feature for v in VIEWS.values() for feature in v.names]
        close = get_close_matches(name, names, 3)
        raise FeaturesError(
            f"there is no feature {name!r}.",
            hint=f"did you mean {', '.join(close)}?" if close else "see: xinqiao features list",
        )
    return found


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{code}: {titles['zh']} {titles['en']}" for code, titles in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _spine(lake: Lake, view: str) -> pd.DataFrame:
    import duckdb

    contract = _SPINE_CONTRACT[view]
    if not lake.files(contract):
        raise FeaturesError(
            f"the lake holds no {contract} records.",
            hint="take a portfolio in first: xinqiao contracts",
        )
    with duckdb.connect() as connection:
        decisions = _SPINES[view].format(records=lake.latest_sql(contract))
        query = f"SELECT * FROM ({decisions}) ORDER BY as_of, subject_id"
        spine: pd.DataFrame = connection.execute(query).df()
    return spine


def _day(text: str) -> pd.Timestamp:
    import pandas as pd

    try:
        return pd.Timestamp(text).normalize()
    except ValueError as error:
        raise FeaturesError(f"{text!r} is no day.", expected="YYYY-MM-DD") from error
