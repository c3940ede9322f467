"""`xinqiao fit`: any analyst's table to models side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from training.table.compare import Comparison
    from training.table.run import Plan

app = typer.Typer(add_completion=False)

_EXAMPLES = """例 Examples:

`xinqiao fit loans.csv --label default --out result` 随机留出 30% a random 30 % is held out

`xinqiao fit loans.parquet --label status --bad CHGOFF --id loan_no --drop charge_off_date --out result`

`xinqiao fit loans.parquet --label bad --time approved --holdout-after 2022-12-31 --out result` 时间外 out of time

`xinqiao fit loans.csv --label bad --folds 5 --special -7,-8,-9 --directions directions.yaml --out result`

`xinqiao fit train.csv --label bad --test test.csv --model glassbox,lightgbm --out result`

directions.yaml 每行一列 one line a column: `income: -1` `arrears: up`
"""


@app.command(epilog=_EXAMPLES)
def fit(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE", help="表 CSV (UTF-8, GB18030), Parquet, .xlsx or JSON lines."
        ),
    ],
    label: Annotated[
        str, typer.Option(metavar="COL", help="标签列 Column of the outcome: 1 bad, 0 good.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="结果目录 Folder of the results.")],
    bad: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="坏的取值 Value of the label that means bad."),
    ] = None,
    id: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="编号列 Column of the id: never an input; rows of one id stay together.",
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="时间列 Day of the decision: the latest rows are the test; never an input.",
        ),
    ] = None,
    holdout_after: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With --time: 之后为检验 rows after it are the test."),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(metavar="K", help="K 折 K-fold cross-validation, then a fit on all rows."),
    ] = None,
    test: Annotated[
        Path | None, typer.Option(metavar="FILE", help="检验表 Another table as the test.")
    ] = None,
    drop: Annotated[
        str, typer.Option(metavar="a,b", help="略去的列 Columns that are left out.")
    ] = "",
    weight: Annotated[
        str | None, typer.Option(metavar="COL", help="权重列 Column of the rows' weights.")
    ] = None,
    directions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="方向 YAML or CSV, column: +1 (larger is riskier), -1, 0."
        ),
    ] = None,
    special: Annotated[
        str,
        typer.Option(metavar="-7,-8,-9", help="特殊代码 Numbers that are codes, no quantities."),
    ] = "",
    model: Annotated[
        str,
        typer.Option(
            help="模型 all, or some of glassbox,scorecard,logistic,tree,mlp,lightgbm,ebm."
        ),
    ] = "all",
    seed: Annotated[int, typer.Option(help="随机种子 Seed.")] = 0,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="只看不拟合 Tell rows, columns, split and suspicions; fit nothing."
        ),
    ] = False,
) -> None:
    """拟合并对比 Fit the glass box, the scorecard and their challengers on any table, side by side on one split.

    Writes metrics.json, every model as a folder, pictures, predictions.parquet and report.html.
    写出指标、模型、图、预测与网页。
    """
    from data_contracts.errors import ContractsError
    from data_contracts.progress import bars
    from data_contracts.terminal import told
    from models.errors import ModelsError
    from training.errors import TrainingError
    from training.table.request import Request, model_kinds, special_codes
    from training.table.run import make_plan, run

    with told(TrainingError, ModelsError, ContractsError) as console:
        request = Request(
            table=table,
            label=label,
            out=out,
            id=id,
            time=time,
            holdout_after=holdout_after,
            folds=folds,
            test=test,
            drop=tuple(part.strip() for part in drop.split(",") if part.strip()),
            weight=weight,
            directions=directions,
            special=special_codes(special) if special else (),
            kinds=model_kinds(model),
            bad=bad,
            seed=seed,
        )
        try:
            with bars(console) as progress:
                plan = make_plan(request, progress)
            _tell_plan(console, plan)
            if dry_run:
                console.print(f"将拟合 Would fit: {', '.join(request.kinds)}", highlight=False)
                return
            with bars(console) as progress:
                _, comparison = run(plan, progress)
        except KeyboardInterrupt:
            console.print("已中断，未留下半个结果。 Interrupted; no half result was left.")
            raise typer.Exit(130) from None
        _tell_result(console, plan, comparison)


def _tell_plan(console: Console, plan: Plan) -> None:
    from training.table.remark import shortened
    from training.table.run import summary_lines

    for line in summary_lines(plan):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for heading, style, remarks in (
        ("疑似泄漏 Suspicious", "bold red", plan.suspicious),
        ("提示 Warnings", "yellow", plan.warnings),
        ("说明 Notes", "", plan.notes),
    ):
        if remarks:
            console.print(f"{heading} ({len(remarks)}):", style=style, highlight=False)
        for text in shortened(remarks, 10 if remarks is plan.suspicious else 2):
            line = f"  {text.zh} {text.en}"
            console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


def _tell_result(console: Console, plan: Plan, comparison: Comparison) -> None:
    for remark in comparison.remarks:
        line = f"{remark.zh} {remark.en}"
        console.print(line, style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(_models(comparison))
    page = plan.request.out / "report.html"
    console.print(f"结果 Results: {page}", highlight=False, markup=False, soft_wrap=True)


def _models(comparison: Comparison) -> Table:
    from rich.table import Table

    table = Table()
    table.add_column("模型 model", no_wrap=True)
    for name in ("AUC [95 %]", "KS", "H", "Brier", "slope", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for kind, fitted in comparison.fitted.items():
        f = {name: "—" if v is None else f"{v:.3f}" for name, v in fitted.figures.items()}
        interval = f"{f['auc']} [{f['auc_low']}, {f['auc_high']}]"
        seconds = f"{fitted.figures['fit_seconds']:.1f}"
        rest = (f["h_measure"], f["brier"], f["calibration_slope"], seconds)
        table.add_row(kind, interval, f["ks"], *rest)
    return table
