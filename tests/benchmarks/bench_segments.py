"""Segments with partial pooling beside one pooled model, on a simulated city and on real loans.

    python tests/benchmarks/bench_segments.py [--city FOLDER] [--data ../shared/data] [--rows 60000]

Of the city (simulated): thin files, enterprises by industry section and size, sole
traders; farmers and persons.
Its true default probability is one function of the latent health for everybody, so that nothing but records
differs between segments. Of real loans (SBA, charged off in the end, random split, so the level of the figures
flatters): by industry sector, new businesses, smallest ones. Nothing is asserted; every figure is on rows that no
model saw, with 95 % intervals.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pandas as pd

from models.glassbox.fit import fit_glassbox
from models.schema import Field, Schema
from models.segments import (
    Condition,
    Segment,
    fit_segments,
    segment_report,
    standard_segments,
)
from models.segments.report import known_shares
from models.segments.rules import route
from tests.benchmarks.city_rows import city_rows

CREDIT = ("credit_history", "repayment_history")
SECTIONS = ("A", "C", "E", "F", "H", "I")
MOST = 0.8
TRAIN_UNTIL, TEST_FROM = "2022-01-01", "2023-01-01"  # a label takes a year
COLUMNS = [
    "segment", "level", "rows", "bads", "auc", "pooled_auc", "calibration_slope", "calibration_slope_low",
    "calibration_slope_high", "pooled_calibration_slope", "observed_to_predicted", "gain", "gain_low", "gain_high",
]  # fmt: skip


def city_segments(frame: pd.DataFrame, schema: Schema) -> tuple[Segment, ...]:
    """The standard segments that the frame has columns for."""
    credit = [field.name for field in schema if field.theme in CREDIT]
    found = standard_segments(SECTIONS, credit=credit)
    known = [s for s in found if all(c.column in frame for c in s.conditions)]
    # A rule that takes nearly all (few simulated firms have credit records) would leave nothing to tell apart.
    return tuple(s for s in known if (route((s,), frame) == 0).mean() < MOST)


def sba_rows(data: Path, rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Loans approved 1995 to 2005 with what was known on the day; 1 = charged off in the end."""
    raw = pd.read_parquet(data / "sba_loans" / "loans.parquet")
    day = pd.to_datetime(raw["ApprovalDate"])
    raw = raw[(day >= "1995-01-01") & (day < "2006-01-01")]
    raw = raw.sample(min(rows, len(raw)), random_state=0).reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "state": raw["State"].astype(object).where(raw["State"].notna(), None),
            "sector": raw["NAICS"].str[:2].replace("0", None).astype(object),
            "employees": raw["NoEmp"].astype(float),
            "new": (raw["NewExist"] == 2).astype(float),
            "franchise": (raw["FranchiseCode"].str.lstrip("0").str.len() > 0).astype(float),
            "urban": raw["UrbanRural"].astype(str),
            "revolving": raw["RevLineCr"].astype(str),
            "lowdoc": raw["LowDoc"].astype(str),
            "amount": raw["GrAppv"].astype(float),
            "guaranteed": (raw["SBA_Appv"] / raw["GrAppv"]).astype(float),
            "created": raw["CreateJob"].astype(float),
            "retained": raw["RetainedJob"].astype(float),
            "same_state": (raw["State"] == raw["BankState"]).astype(float),
        }
    )
    return frame, raw["ChgOffDate"].notna().to_numpy(dtype=int)


def sba_segments(frame: pd.DataFrame) -> tuple[Segment, ...]:
    """New businesses and the smallest ones within each of the eight largest sectors, and the sectors."""
    found: list[Segment] = []
    for code in frame["sector"].value_counts().index[:8]:
        here = Condition("sector", among=(code,))
        new = (here, Condition("new", low=0.5))
        small = (here, Condition("employees", high=3.0))
        name = f"sector_{code}"
        found += [
            Segment(f"{name}_new", f"{code} 新设", f"{code}, new", new, parent=name),
            Segment(f"{name}_small", f"{code} 小", f"{code}, small", small, parent=name),
            Segment(name, code, code, (here,)),
        ]
    unknown = Segment(
        "sector_unknown", "行业不明", "no sector", (Condition("sector", missing=True),)
    )
    return (*found, unknown)


def run(
    title: str,
    train: tuple[pd.DataFrame, np.ndarray],
    test: tuple[pd.DataFrame, np.ndarray],
    schema: Schema,
    segments: tuple[Segment, ...],
) -> None:
    """Fit on one part, report on the other."""
    started = time.process_time()
    model = fit_segments(*train, schema, segments, fit=fit_glassbox)
    seconds = time.process_time() - started
    print(
        f"\n{title}: {len(train[1]):,} rows to learn from ({int(train[1].sum()):,} bad), "
        f"{len(schema)} inputs, {seconds:.0f} CPU s"
    )
    for name, told in model.notes["segments"].items():
        steps = "; ".join(f"{g['what']} {g['gain']:+.5f} ± {g['error']:.5f}" for g in told["gains"])
        print(f"  {name:<18} {told['level']:<10} {told['rows']:>7,} {told['bads']:>6,}  {steps}")
    report = segment_report(model, *test)
    with pd.option_context("display.width", 250, "display.max_columns", 30):
        print(report[COLUMNS].round(4).to_string(index=False))
    if any(segment.name == "thin" for segment in segments):
        known = known_shares(model, test[0]).get("thin")
        if known is not None:
            themes = known.groupby([schema[name].theme for name in known.index]).max()
            told = ", ".join(f"{theme} {share:.0%}" for theme, share in themes.items() if share > 0)
            print(f"  thin files have (largest share of rows with a value): {told}")


def main() -> None:
    """Run on the city, then on the loans."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", type=Path, default=Path(tempfile.gettempdir()) / "bench_city")
    parser.add_argument("--subjects", type=int, default=16_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--rows", type=int, default=120_000, help="loans, half of them to learn from"
    )
    parser.add_argument("--only", choices=("firm", "household", "sba"))
    arguments = parser.parse_args()
    for view in ("firm", "household"):
        if arguments.only not in (None, view):
            continue
        frame, schema = city_rows(arguments.city, arguments.subjects, arguments.seed, view)
        frame = frame[frame["loan"]].reset_index(drop=True)
        bad = frame["default_within_12"].to_numpy(dtype=int)
        before = (frame["as_of"] < TRAIN_UNTIL).to_numpy()
        after = (frame["as_of"] >= TEST_FROM).to_numpy()
        parts = [(frame[rows].reset_index(drop=True), bad[rows]) for rows in (before, after)]
        rules = city_segments(frame, schema)
        run(f"simulated city, {view}", parts[0], parts[1], schema, rules)
    if arguments.only in (None, "sba"):
        frame, bad = sba_rows(arguments.data, arguments.rows)
        kinds = {name: frame[name].dtype.kind for name in frame}
        schema = Schema(
            tuple(Field(n, "number" if k == "f" else "category") for n, k in kinds.items())
        )
        half = np.random.default_rng(0).random(len(bad)) < 0.5
        parts = [(frame[rows].reset_index(drop=True), bad[rows]) for rows in (half, ~half)]
        run("SBA loans", parts[0], parts[1], schema, sba_segments(frame))


if __name__ == "__main__":
    main()
