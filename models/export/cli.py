"""`xinqiao export`: write a saved model in a form that another system runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data_contracts.terminal import told

if TYPE_CHECKING:
    from models.scorer import AdditiveModel

app = typer.Typer(add_completion=False)


class Target(StrEnum):
    """The forms that a model can be written in."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    POSTGRES = "postgres"
    JSON = "json"
    PYTHON = "python"
    SCHEMA = "schema"


@app.command(
    epilog="例 Examples: `xinqiao export models/glassbox --to postgres --table bank.applicants --key applicant_no "
    "--out score.sql` · `xinqiao export models/glassbox --to python --out scorer.py`, then "
    "`python scorer.py < rows.jsonl`"
)
def export(
    folder: Annotated[
        Path, typer.Argument(help="Folder of a saved glass box or scorecard. 模型目录")
    ],
    to: Annotated[
        Target,
        typer.Option(
            help="One SELECT for duckdb, spark or postgres; a json document; one python file that needs "
            "nothing else; schema: the JSON Schema of the document. 导出形式"
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write; the terminal if absent. 输出文件")
    ] = None,
    table: Annotated[
        str, typer.Option(help="SQL: table to score; its columns bear the inputs' names. 表名")
    ] = "applicants",
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="SQL: column to pass on, such as the applicant's number; may be repeated."
        ),
    ] = None,
    contributions: Annotated[
        bool, typer.Option("--contributions", help="SQL: also the points of each table. 各项得分")
    ] = False,
) -> None:
    """Write a model as SQL, JSON or Python that gives the same score, probability and contributions.

    把模型写成 SQL、JSON 或单个 Python 文件，各处得分一致。
    """
    from models.errors import ModelsError

    with told(ModelsError):
        from models.scorer import AdditiveModel

        text = _written(AdditiveModel.load(folder), to, table, tuple(key or ()), contributions)
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(text.encode())


def _written(
    model: AdditiveModel, to: Target, table: str, keys: tuple[str, ...], contributions: bool
) -> str:
    from models.export.json_form import schema_text, to_json, to_python
    from models.export.sql import to_sql

    if to is Target.JSON:
        return to_json(model)
    if to is Target.PYTHON:
        return to_python(model)
    if to is Target.SCHEMA:
        return schema_text()
    return to_sql(model, to.value, table=table, keys=keys, contributions=contributions)
