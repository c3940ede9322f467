"""Applications to lenders in a simulated city, with their features as of the day and what is true of them.

The city is built and taken in once (a few minutes for 16,000 subjects) and kept in a folder. All of it is
simulated.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.codes.industries import section_of
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.point_in_time import build
from models.schema import Schema

MONTHS, START = 60, "2019-01"
VIEWS = {"firm": "USCC-", "household": "PID-"}


def city_rows(folder: Path, subjects: int, seed: int, view: str) -> tuple[pd.DataFrame, Schema]:
    """Give one row an application, in order of time, and the schema of the view's features.

    Returns
    -------
    frame, schema
        The columns of the view; ``section`` (letter of GB/T 4754); and of the truth ``kind``, ``applied_on``,
        ``approved``, ``loan``, ``default_within_12`` (of loans), ``p_true`` and ``p_observable``.
    """
    files, kept = folder / "files", folder / f"rows_{view}.parquet"
    schema = Schema.from_spec(feature_view(view).spec())
    if kept.exists():
        return pd.read_parquet(kept), schema
    workspace = Workspace(folder / "workspace")
    if not files.exists():
        build_city(Settings(subjects, seed, MONTHS, START), files)
        workspace.create()
        load_city(files, workspace)
    truth = pd.read_parquet(files / "truth" / "simulated_applications.parquet")
    truth = truth[truth["subject_id"].str.startswith(VIEWS[view])]
    truth = truth.assign(as_of=pd.to_datetime(truth["applied_on"]))
    truth = truth.drop_duplicates(["subject_id", "as_of"])
    columns = [
        "kind",
        "applied_on",
        "approved",
        "loan",
        "default_within_12",
        "p_true",
        "p_observable",
    ]
    spine = truth[["subject_id", "as_of", *columns]].sort_values(["as_of", "subject_id"])
    spine = spine.reset_index(drop=True)
    found = build(feature_view(view), Lake(workspace.lake_dir), spine[["subject_id", "as_of"]])
    registered = pd.read_parquet(
        files / "simulated_registration.parquet", columns=["subject_id", "industry_code"]
    ).drop_duplicates("subject_id")
    sections = registered.set_index("subject_id")["industry_code"].map(section_of)
    frame = found.merge(spine, on=["subject_id", "as_of"], validate="one_to_one")
    frame = frame.assign(section=frame["subject_id"].map(sections))
    frame.to_parquet(kept)
    return frame, schema
