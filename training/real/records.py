"""The sets of real records: taken in by their mappings, and their features as of the day of each.

Outcomes never enter the lake: they are read from the table of labels alone, so that no feature can see them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import data_contracts
from data_contracts.documents import Text
from data_contracts.intake.engine import intake_file
from data_contracts.intake.lake import Lake
from data_contracts.intake.mapping.model import load_mapping
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.point_in_time import build
from features.view import FeatureView
from training.errors import TrainingError
from training.evaluate import Split, out_of_time_splits
from training.real.invoices import write_months
from training.real.judge import Flags, repeated_splits, telling

Progress = Callable[[str, int, int], None]

MAPPINGS = Path(data_contracts.__file__).parent / "mappings"

INVOICES_DAY = date(2020, 2, 22)
"""The day after the last invoice."""
INVOICES_FEW = (
    "sales_12",
    "sales_trend",
    "void_rate",
    "red_amount_rate",
    "top_customer_share_12",
)
"""Size, trend, voids, reversals, dependence: one feature for each five defaults, chosen for what they mean."""
EXIT_DAY = date(2015, 9, 1)
"""Records end in August 2015; the first exits are of September."""
ALL, WITH = "all", "with records"
WITHOUT_RECORDS = 20_000
"""Firms without any record that a model learns from: they all look alike, so that more of them teach nothing."""
SAMPLE = 4_000
"""Good outcomes that a model learns from here, beside all bad ones; the demo learns from all."""


@dataclass(frozen=True)
class RealSet:
    """Features and outcomes of one set of real records, row by row in the same order.

    Attributes
    ----------
    name : str
    title, remark : Text
    records : int
        Records that were accepted.
    frame : DataFrame
        subject_id, as_of, features.
    bad : array of 0/1
    specs : list of dict
        Metadata of the inputs.
    splits : list of Split
    repeats : int
    groups : dict of flags
        Among whom the AUC is told.
    always, most
        See :func:`training.real.judge.shares_won`.
    """

    name: str
    title: Text
    remark: Text
    records: int
    frame: pd.DataFrame
    bad: NDArray[Any]
    specs: list[dict[str, Any]]
    splits: list[Split]
    repeats: int
    groups: dict[str, Flags]
    always: Flags
    most: int


def labels(
    file: Path, subject: str, target: str, codes: dict[Any, int], prefix: str
) -> pd.DataFrame:
    """Read a table of outcomes.

    Parameters
    ----------
    file : Path
        Parquet.
    subject, target : str
        Its columns.
    codes : dict
        Value of the target -> 1 for the bad outcome, 0 for the good one.
    prefix : str
        What stands before the subject's number in the lake.

    Returns
    -------
    DataFrame
        The table with subject_id and bad (int8) in front.

    Raises
    ------
    TrainingError
        When the file is absent or unreadable, lacks a column, names a subject twice or nobody, or has an
        outcome that is neither.
    """
    try:
        table = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{file.parent.name}/{file.name} can not be read as Parquet.",
            "name the folder that holds the public data sets with --data",
        ) from error
    where = f"{file.parent.name}/{file.name}"
    for column in (subject, target):
        if column not in table.columns:
            raise TrainingError(f"{where} has no column {column}.", "give the table as published")
    if table[subject].isna().any() or table[subject].duplicated().any():
        raise TrainingError(
            f"{where}, column {subject}: a subject is named twice, or a row names none.",
            "give one row a subject",
        )
    bad = table[target].map(codes)
    if bad.isna().any():
        raise TrainingError(
            f"{where}, column {target}: {int(bad.isna().sum())} rows hold another value than "
            f"{', '.join(map(str, codes))}.",
            "give the table as published",
        )
    ids = prefix + table[subject].astype(str)
    return pd.DataFrame({"subject_id": ids, "bad": bad.astype("int8")}).join(table)


def invoices(data: Path, workspace: Workspace, repeats: int, progress: Progress | None) -> RealSet:
    """Invoices in and out of enterprises whose bank told who defaulted."""
    folder = data / "cumcm2020c_invoices"
    told = labels(
        folder / "credit_history_enterprise.parquet",
        "企业代号",
        "是否违约",
        {"是": 1, "否": 0},
        "CUMCM-",
    )
    files = {
        "credit_history_input_invoice": "cumcm_invoices_in",
        "credit_history_output_invoice": "cumcm_invoices_out",
    }
    records = _taken(folder, files, workspace, INVOICES_DAY, progress)
    lake = Lake(workspace.lake_dir)
    months = workspace.root / "invoice_months.parquet"
    write_months(lake, months)
    mapping = load_mapping(MAPPINGS / "cumcm_invoices_in.yaml")
    assert mapping.supplier is not None  # the shipped mapping names it
    intake_file(
        months,
        "invoice_month",
        workspace,
        supplier=mapping.supplier.code,
        public_source=mapping.public_source,
        received_on=INVOICES_DAY,
        progress=progress,
    )
    chosen = _some("invoices", lambda feature: feature.name in INVOICES_FEW)
    frame = build(chosen, lake, _spine(told, INVOICES_DAY), progress)
    bad = told["bad"].to_numpy()
    everybody = np.ones(len(bad), bool)
    n = int(bad.sum())
    return RealSet(
        name="invoices",
        title=Text("增值税发票 → 贷款违约", "VAT invoices -> loan default"),
        remark=Text(
            f"只有 {n} 家违约：区间宽，只能说明发票特征是否有区分力；"
            "不能据此比较模型、挑选特征、校准违约概率或设定准入线。"
            "违约没有日期，部分表现可能出现在违约之后。银行评级随违约而定，不作输入。",
            f"Only {n} defaults: the interval is wide, and tells whether invoices speak at all. It does not allow to "
            "compare models, choose features, calibrate a probability or set a cut-off. Defaults have no date, so "
            "that some of what is seen may come after them. The bank's rating follows the default and stays out.",
        ),
        records=records,
        frame=frame,
        bad=bad,
        specs=_specs(chosen, frame),
        splits=repeated_splits(bad, repeats),
        repeats=repeats,
        groups={ALL: everybody},
        always=everybody,
        most=0,
    )


def exits(data: Path, workspace: Workspace, repeats: int, progress: Progress | None) -> RealSet:
    """Lawsuits and breaches of faith of enterprises of which some left the market within two years."""
    folder = data / "bdci2017_enterprise_exit"
    told = labels(folder / "train.parquet", "EID", "TARGET", {1: 1, 0: 0}, "BDCI-")
    _left_after(told, EXIT_DAY, f"{folder.name}/train.parquet")
    files = {"lawsuit": "bdci_lawsuits", "breakfaith": "bdci_breakfaith"}
    records = _taken(folder, files, workspace, EXIT_DAY, progress)
    chosen = _some("exits", lambda feature: feature.theme == "judicial")
    spine = _spine(told, EXIT_DAY)
    frame = build(chosen, Lake(workspace.lake_dir), spine, progress, supplied=True)
    flags = [name for name in frame.columns if name.startswith("_supplied_")]
    known = frame[flags].any(axis=1).to_numpy(bool)
    bad = told["bad"].to_numpy()
    rates = [f"{bad[rows].mean():.1%}" if rows.any() else "—" for rows in (known, ~known)]
    return RealSet(
        name="exits",
        title=Text("诉讼与失信 → 企业退出", "Lawsuits, breach of faith -> exit"),
        remark=Text(
            f"{len(bad):,} 家中仅 {known.sum():,} 家（{known.mean():.1%}）有任何司法记录，"
            f"其退出率 {rates[0]}，其余 {rates[1]}："
            "对绝大多数企业，司法记录什么也说明不了。诉讼未写明原告或被告。退出日期只有退出者才有，是标签，不作输入。",
            f"Of {len(bad):,} firms only {known.sum():,} ({known.mean():.1%}) have any court record; {rates[0]} of "
            f"them left, {rates[1]} of the others: of nearly all firms courts tell nothing. Lawsuits do not say who "
            "sued whom. The date of exit exists for exits only: it is the label and stays out.",
        ),
        records=records,
        frame=frame,
        bad=bad,
        specs=_specs(chosen, frame),
        splits=repeated_splits(bad, repeats),
        repeats=repeats,
        groups={ALL: np.ones(len(bad), bool), WITH: known},
        always=known,
        most=WITHOUT_RECORDS,
    )


def portfolio(name: str, workspace: Workspace, repeats: int, progress: Progress | None) -> RealSet:
    """One of the two public portfolios, from the records that the house ships."""
    from data_contracts.intake.load import load_portfolio
    from training.config_files import settings_for
    from training.dataset import load_dataset
    from training.settings import RollingOrigin

    settings = settings_for(name)
    taken = load_portfolio(name, workspace, progress=progress)
    dataset = load_dataset(workspace, settings, progress)
    bad = dataset.bad.to_numpy()
    in_time = isinstance(settings.split, RollingOrigin)
    splits = out_of_time_splits(dataset)[-3:] if in_time else repeated_splits(bad, repeats)
    years = "、".join(s.name.removeprefix("oot-") for s in splits) if in_time else ""
    how = (
        Text(
            f"按时间外推，测试年份 {years}。",
            f"Out of time, tested on {years.replace('、', ', ')}.",
        )
        if in_time
        else Text("分层交叉验证。", "Stratified cross-validation.")
    )
    return RealSet(
        name=name,
        title=Text(settings.label.title_zh, settings.label.title_en.capitalize()),
        remark=Text(
            f"{how.zh}随附数据，每次学习全部违约与 {SAMPLE:,} 条正常；全部学习的结果见 xinqiao demo。",
            f"{how.en} Shipped records; each fit learns from all bad outcomes and {SAMPLE:,} good ones; xinqiao demo "
            "learns from all.",
        ),
        records=taken.accepted,
        frame=dataset.frame,
        bad=bad,
        specs=_specs(dataset.view, dataset.frame),
        splits=splits,
        repeats=1 if in_time else repeats,
        groups={ALL: np.ones(len(bad), bool)},
        always=bad == 1,
        most=SAMPLE,
    )


def _taken(
    folder: Path,
    files: dict[str, str],
    workspace: Workspace,
    day: date,
    progress: Progress | None,
) -> int:
    """Take files in by their shipped mappings, received on one day; how many records were accepted."""
    return sum(
        intake_file(
            folder / f"{file}.parquet",
            None,
            workspace,
            mapping=MAPPINGS / f"{mapping}.yaml",
            received_on=day,
            progress=progress,
        ).accepted
        for file, mapping in files.items()
    )


def _left_after(told: pd.DataFrame, day: date, where: str) -> None:
    """Refuse exits without a date, dates without an exit, and exits before the day of the features."""
    if "ENDDATE" not in told:
        raise TrainingError(f"{where} has no column ENDDATE.", "give the table as published")
    ended = told["ENDDATE"]
    if (ended.notna() != (told["bad"] == 1)).any():
        raise TrainingError(
            f"{where}: ENDDATE (a month, 201509) must stand for exits and for them alone.",
            "give the table as published",
        )
    before = int((ended < day.year * 100 + day.month).sum())
    if before:
        raise TrainingError(
            f"{where}, column ENDDATE: {before} firms had left before {day}, the day of the features.",
            "leave them out",
        )


def _some(name: str, wanted: Callable[[Any], bool]) -> FeatureView:
    """The features of the view ``firm`` that are wanted, as declared there."""
    firm = feature_view("firm")
    return FeatureView(name, firm.subject_kind, tuple(f for f in firm.features if wanted(f)))


def _specs(view: FeatureView, frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = set(telling(frame, view.names))
    return [spec for spec in view.spec() if spec["name"] in names]


def _spine(told: pd.DataFrame, day: date) -> pd.DataFrame:
    return told[["subject_id"]].assign(as_of=pd.Timestamp(day))
