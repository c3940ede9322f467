"""Invented tables in the form of the two contests whose data are not shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FIRMS = 60


def write_invoices(data: Path) -> Path:
    """Sixty enterprises with two years of invoices; a third defaulted, and void every other invoice."""
    rng = np.random.default_rng(3)
    folder = data / "cumcm2020c_invoices"
    folder.mkdir(parents=True)
    bad = np.arange(FIRMS) % 3 == 0
    firms = [f"E{n}" for n in range(1, FIRMS + 1)]
    pd.DataFrame(
        {"企业代号": firms, "信誉评级": "A", "是否违约": np.where(bad, "是", "否")}
    ).to_parquet(folder / "credit_history_enterprise.parquet")
    days = [f"{month:%Y-%m}-15" for month in pd.date_range("2018-03-01", "2020-02-01", freq="MS")]
    for name, partner in (("input", "销方单位代号"), ("output", "购方单位代号")):
        rows: list[dict[str, Any]] = []
        for firm, is_bad in zip(firms, bad, strict=True):
            for day in days:
                for _ in range(3):
                    amount = float(np.round(rng.uniform(100, 10_000), 2))
                    void = is_bad and rng.random() < 0.5
                    rows.append(
                        {
                            "企业代号": firm,
                            "发票号码": 1_000_000 + len(rows),
                            "开票日期": day,
                            partner: f"{name[0].upper()}{rng.integers(5)}",
                            "金额": amount,
                            "税额": np.round(amount * 0.13, 2),
                            "价税合计": np.round(amount * 1.13, 2),
                            "发票状态": "作废发票" if void else "有效发票",
                        }
                    )
        pd.DataFrame(rows).to_parquet(folder / f"credit_history_{name}_invoice.parquet")
    return folder


def write_exits(data: Path, *, late: bool = False) -> Path:
    """Sixty firms, half of them sued, a third left; those who left broke faith.

    With `late` everybody who stayed is sued, and breaks faith, after the day of the features.
    """
    folder = data / "bdci2017_enterprise_exit"
    folder.mkdir(parents=True)
    firms = np.array([f"p{n}" for n in range(FIRMS)])
    left = np.arange(FIRMS) % 3 == 0
    pd.DataFrame(
        {"EID": firms, "TARGET": left.astype(int), "ENDDATE": np.where(left, 201601.0, np.nan)}
    ).to_parquet(folder / "train.parquet")
    sued, broke = firms[::2], firms[left]
    cases = [(firm, "2015年06月", 5_000) for firm in sued]
    listed = [(firm, "2015年03月") for firm in broke]
    if late:
        cases += [(firm, "2015年09月", 5_000) for firm in firms[~left]]
        listed += [(firm, "2015年10月") for firm in firms[~left]]
    eids, months, amounts = zip(*cases, strict=True)
    pd.DataFrame(
        {"EID": eids, "TYPECODE": range(len(eids)), "LAWDATE": months, "LAWAMOUNT": amounts}
    ).to_parquet(folder / "lawsuit.parquet")
    eids, months = zip(*listed, strict=True)
    pd.DataFrame(
        {"EID": eids, "TYPECODE": range(len(eids)), "FBDATE": months, "SXENDDATE": None}
    ).astype({"SXENDDATE": "string"}).to_parquet(folder / "breakfaith.parquet")
    return folder
