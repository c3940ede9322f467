"""The data set of a training run: features as of each decision, the label, and the digest of what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view as feature_view
from features.identity.aliases import Known, aliases_for
from features.identity.evidence import evidence_contracts
from features.identity.resolve import store_of
from features.point_in_time import build
from features.view import FeatureView
from training.labels import labelled_spine
from training.settings import TrainingSettings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Dataset:
    """Features, labels and as-of dates of one portfolio, row by row in the same order.

    Attributes
    ----------
    settings : TrainingSettings
    view : FeatureView
    frame : DataFrame
        subject_id, as_of, then the view's features, sorted by as_of and subject_id.
    bad : Series of int8
        1 = bad within the label's horizon.
    digest : str
        SHA-256 over all bytes of the Parquet files that the features and the label were made from.
    known : Known, optional
        The identities that the features were made with.
    """

    settings: TrainingSettings
    view: FeatureView
    frame: pd.DataFrame
    bad: pd.Series
    digest: str
    known: Known | None = None

    def features(self, *, lender_history: bool = True) -> list[str]:
        """Names of the model's inputs, with or without the lender's own history."""
        return [f.name for f in self.view.features if lender_history or not f.lender_history]


def data_digest(lake: Lake, contracts: list[str]) -> str:
    """SHA-256 over the bytes of every committed file of the contracts, in a fixed order.

    MLflow's own data digest reads only the first 10,000 rows, hence ours.
    """
    total = hashlib.sha256()
    for contract in sorted(contracts):
        for name in sorted(lake.files(contract), key=lambda f: Path(f).name):
            with Path(name).open("rb") as file:
                while chunk := file.read(1 << 20):
                    total.update(chunk)
    return total.hexdigest()


def load_dataset(
    workspace: Workspace, settings: TrainingSettings, progress: Progress | None = None
) -> Dataset:
    """Label the portfolio's decisions and compute every feature as of each of them.

    Parameters
    ----------
    workspace : Workspace
    settings : TrainingSettings
    progress : callable(step, done, total), optional

    Returns
    -------
    Dataset

    Raises
    ------
    TrainingError
        When the lake lacks the portfolio's records.
    """
    lake = Lake(workspace.lake_dir)
    view = feature_view(settings.view)
    spine = labelled_spine(lake, settings)
    known = aliases_for(view, lake, store_of(workspace.features_dir))
    aliases = None if known is None else known.table
    frame = build(view, lake, spine[["subject_id", "as_of"]], progress, aliases=aliases)
    named = evidence_contracts() if aliases is not None and aliases.num_rows else ()
    contracts = sorted({*view.contracts, *named, "loan_outcome"})
    return Dataset(
        settings=settings,
        view=view,
        frame=frame,
        bad=spine["bad"].astype("int8"),
        digest=data_digest(lake, contracts),
        known=known,
    )
