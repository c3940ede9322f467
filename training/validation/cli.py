"""`xinqiao validate MODEL --sample FILE`: anybody's sample, the same report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


def _columns(values: list[str] | None) -> list[str]:
    return [part.strip() for value in values or [] for part in value.split(",") if part.strip()]


@app.command(
    epilog="例 Examples: `xinqiao validate enterprise-default/12 --workspace var/demo` · "
    "`xinqiao validate out/models/glassbox --sample ours.parquet --label bad --time decided_on "
    "--segment industry --protected sex`",
)
def validate(
    model: Annotated[
        str,
        typer.Argument(
            help="模型目录，或登记名/版本 Folder of a saved model, or a registered NAME or NAME/VERSION "
            "(the champion if no version is named)."
        ),
    ],
    sample: Annotated[
        Path | None,
        typer.Option(
            help="检验样本 Text, Parquet, workbook or JSON lines with rows that the model has never seen; if "
            "omitted, the test rows of the version's training run, and the report is attached to the version."
        ),
    ] = None,
    label: Annotated[str, typer.Option(help="结果列 Column of the outcome in the sample.")] = "",
    bad: Annotated[
        str, typer.Option(help="坏的取值 The value of the outcome that means bad.")
    ] = "1",
    time: Annotated[
        str | None, typer.Option(help="日期列 Column with the day of the decision.")
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(help="分组列 Break figures down by this column; may be repeated."),
    ] = None,
    protected: Annotated[
        list[str] | None,
        typer.Option(help="受保护属性 Test fairness by this column, never an input; repeatable."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="开发样本 Rows it was developed on: the reference of PSI and CSI."),
    ] = None,
    challenger: Annotated[
        list[Path] | None,
        typer.Option(help="对照模型 Folder of another saved model; may be repeated."),
    ] = None,
    refits: Annotated[
        int,
        typer.Option(help="重训 Refits with other seeds, for the stability of reasons.", min=0),
    ] = 0,
    approve_at: Annotated[
        int | None,
        typer.Option(help="批准线 Lowest approved score; the most profitable one if not given."),
    ] = None,
    gain: Annotated[
        float, typer.Option(help="好贷款收益 Earned on a good loan, share of its amount (ours).")
    ] = 0.03,
    loss: Annotated[
        float, typer.Option(help="坏贷款损失 Lost on a bad loan, share of its amount (ours).")
    ] = 0.45,
    workspace: Annotated[Path, typer.Option(help="工作区 Folder of the deployment.")] = Path(
        "var/demo"
    ),
    tracking_uri: Annotated[
        str, typer.Option(help="MLflow 地址 Its store, if not the workspace's.")
    ] = "",
    out: Annotated[Path, typer.Option(help="输出目录 Folder of the report.")] = Path(
        "var/validation"
    ),
) -> None:
    """检验模型 Validate a model on its test rows or on anybody's sample: a report in both languages, HTML and PDF."""
    from datetime import date

    from rich.console import Console

    from data_contracts.errors import ContractsError
    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from features.errors import FeaturesError
    from models.errors import ModelsError
    from training.errors import TrainingError
    from training.registry import Registry
    from training.tracking import Tracking
    from training.validation.evidence import Evidence, ValidationSettings
    from training.validation.find_model import challengers_on, find_model
    from training.validation.of_run import report_on
    from training.validation.report import write_report
    from training.validation.sample_file import read_sample

    console = Console()
    place = Workspace(workspace)
    registry = Registry(Tracking(place, tracking_uri))
    settings = ValidationSettings(approve_at=approve_at, gain=gain, loss=loss)
    try:
        found, version = find_model(model, registry)
        with bars(console) as progress:
            if sample is not None:
                read = {"label": label, "bad": bad}
                evidence = Evidence(
                    found,
                    f"{version.name}/{version.number}" if version else Path(model).name,
                    read_sample(
                        sample,
                        found,
                        **read,
                        time=time,
                        segments=_columns(segment),
                        protected=_columns(protected),
                    ),
                    development=read_sample(reference, found, **read) if reference else None,
                    challengers=challengers_on(challenger or [], sample),
                    settings=settings,
                )
                figures = write_report(evidence, out, date.today(), progress)
            elif version is not None:
                figures = report_on(
                    registry, version, found, out, settings, progress, refits=refits
                )
            else:
                raise TrainingError(
                    "A folder of a model does not tell its test rows.",
                    "give a sample with --sample FILE --label COLUMN",
                )
    except (ContractsError, FeaturesError, ModelsError, TrainingError) as error:
        console.print(f"{error}", style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    overall = figures["sections"]["discrimination"]["overall"]
    console.print(
        f"AUC {overall['auc']:.4f} [{overall['auc_low']:.4f}, {overall['auc_high']:.4f}]  "
        f"KS {overall['ks']:.4f}  slope {overall['calibration_slope']:.3f}  ({overall['n']:,} rows)",
        markup=False,
    )
    for finding in figures["findings"]:
        console.print(f"• {finding['zh']} {finding['en']}", markup=False, highlight=False)
    console.print(f"{out}/validation.zh.html · .en.html · .pdf · validation.json", highlight=False)
