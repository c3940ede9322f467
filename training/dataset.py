"""The data set of a training run: features as of each decision, the label, and the digest of what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
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
from training.errors import TrainingError
from training.labels import label_decisions
from training.settings import OutcomeLabel, TrainingSettings
from training.waterfall import Step, kept_rows

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
    waterfall : tuple of Step
        How many decisions each step left; the last one's are the rows.
    """

    settings: TrainingSettings
    view: FeatureView
    frame: pd.DataFrame
    bad: pd.Series
    digest: str
    known: Known | None = None
    waterfall: tuple[Step, ...] = ()

    def features(self, *, lender_history: bool = True) -> list[str]:
        """Names of the model's inputs, with or without the lender's own history."""
        chosen = set(inputs_of(self.view, self.settings))
        return [
            f.name
            for f in self.view.features
            if f.name in chosen and (lender_history or not f.lender_history)
        ]


def inputs_of(view: FeatureView, settings: TrainingSettings) -> list[str]:
    """Names of the features that the configuration takes as inputs, in the view's order.

    Raises
    ------
    TrainingError
        When it names a theme or feature that the view does not have, or leaves none.
    """
    asked = settings.features
    themes = {feature.theme for feature in view.features}
    conditions = [
        *(c for one in settings.exclusions for c in one.when),
        *(c for one in settings.segments.values() for c in one),
    ]
    _known("theme", view, (*asked.include_themes, *asked.exclude_themes), themes)
    named = (*asked.include, *asked.exclude, *(c.feature for c in conditions))
    _known("feature", view, named, set(view.names))
    everything = not asked.include_themes and not asked.include
    chosen = [
        feature.name
        for feature in view.features
        if (everything or feature.theme in asked.include_themes or feature.name in asked.include)
        and (feature.theme not in asked.exclude_themes or feature.name in asked.include)
        and feature.name not in asked.exclude
    ]
    if not chosen:
        raise TrainingError(
            "features leaves no input.",
            f"the view {view.name} has the themes {', '.join(sorted(themes))}",
        )
    return chosen


def _known(what: str, view: FeatureView, named: tuple[str, ...], known: set[str]) -> None:
    for name in named:
        if name not in known:
            close = get_close_matches(name, sorted(known), 1)
            meant = f"did you mean {close[0]!r}? " if close else ""
            raise TrainingError(
                f"The view {view.name} has no {what} {name!r}.",
                f"{meant}xinqiao features list {view.name} shows them",
            )


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
        When the lake lacks the portfolio's records, the configuration names what the view lacks, or no row is left.
    """
    lake = Lake(workspace.lake_dir)
    view = feature_view(settings.view)
    inputs_of(view, settings)
    spine, steps = label_decisions(lake, settings)
    known = aliases_for(view, lake, store_of(workspace.features_dir))
    aliases = None if known is None else known.table
    frame = build(view, lake, spine[["subject_id", "as_of"]], progress, aliases=aliases)
    rows, steps = kept_rows(frame, spine["bad"], settings, steps)
    if len(rows) < len(frame):
        frame, spine = (part.iloc[rows].reset_index(drop=True) for part in (frame, spine))
    named = evidence_contracts() if aliases is not None and aliases.num_rows else ()
    outcomes = "loan_outcome" if isinstance(settings.label, OutcomeLabel) else "credit_month"
    contracts = sorted({*view.contracts, *named, settings.label.decision, outcomes})
    return Dataset(
        settings=settings,
        view=view,
        frame=frame,
        bad=spine["bad"].astype("int8"),
        digest=data_digest(lake, contracts),
        known=known,
        waterfall=steps,
    )
