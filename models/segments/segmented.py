"""A pooled model and the models of segments, behind one door: rows find their segment by declared rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.bins import Floats
from models.errors import ModelsError
from models.explain import Explanation
from models.scale import probabilities
from models.schema import canonical
from models.scorer import AdditiveModel
from models.segments.rules import POOLED, Segment, check_order, route, route_one

FORMAT = 1


@dataclass(frozen=True, eq=False)
class SegmentedModel:
    """Additive models of segments, each with a certificate of its own.

    Parameters
    ----------
    pooled
        The model of everybody, and of rows that no rule matches.
    segments
        Rules in order; the first that matches counts.
    members
        Models by segment; a segment without one takes its parent's, in the end the pooled one.
    notes
        JSON-able facts about the fit.
    """

    pooled: AdditiveModel
    segments: tuple[Segment, ...]
    members: Mapping[str, AdditiveModel] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rules out of order, members without a rule, and scores that can not be compared."""
        check_order(self.segments)
        unknown = sorted(set(self.members) - {segment.name for segment in self.segments})
        if unknown:
            raise ModelsError(f"No rule leads to the model {unknown[0]!r}.")
        for name, member in self.members.items():
            if member.scale != self.pooled.scale:
                raise ModelsError(f"Segment {name!r}: its scale differs from the pooled model's.")

    @cached_property
    def _models(self) -> tuple[AdditiveModel, ...]:
        """Model of each segment; the last one is the pooled model, for position -1."""
        found: dict[str, AdditiveModel] = {"": self.pooled}
        for segment in reversed(self.segments):
            found[segment.name] = self.members.get(segment.name, found[segment.parent])
        return (*(found[segment.name] for segment in self.segments), self.pooled)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that a frame or a mapping of values must have."""
        names = dict.fromkeys(name for model in self._models for name in model.inputs)
        asked = (c.column for segment in self.segments for c in segment.conditions)
        return tuple(dict.fromkeys([*names, *asked]))

    def model_of(self, name: str) -> AdditiveModel:
        """Give the model that scores a segment; ``pooled`` is the pooled one."""
        names = [segment.name for segment in self.segments]
        if name != POOLED and name not in names:
            raise ModelsError(f"There is no segment {name!r}.")
        return self._models[names.index(name) if name in names else -1]

    def segment(self, frame: pd.DataFrame) -> NDArray[np.str_]:
        """Name of each row's segment, ``pooled`` where no rule matches; shape (n,)."""
        names = np.asarray([*(segment.name for segment in self.segments), POOLED])
        return names[route(self.segments, frame)]

    def segment_of(self, values: Mapping[str, Any]) -> str:
        """Name of one row's segment."""
        place = route_one(self.segments, values)
        return POOLED if place < 0 else self.segments[place].name

    def margin(self, frame: pd.DataFrame) -> Floats:
        """Unrounded, unclipped score of each row; shape (n,), higher is better."""
        places = route(self.segments, frame)
        out = np.empty(len(frame))
        for place in np.unique(places):
            rows = np.flatnonzero(places == place)
            out[rows] = self._models[place].margin(frame.iloc[rows])
        return out

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Calibrated log odds of going bad; shape (n,)."""
        scale = self.pooled.scale
        return (scale.offset - self.margin(frame)) / scale.factor

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Calibrated probability of going bad; shape (n,)."""
        return probabilities(self.log_odds(frame))

    def score(self, frame: pd.DataFrame) -> NDArray[np.int64]:
        """Published score; shape (n,), higher is better."""
        return self.pooled.scale.scores(self.margin(frame))

    def explain(self, values: Mapping[str, Any]) -> Explanation:
        """Score one row with the points of every table of its segment's model."""
        return self._models[route_one(self.segments, values)].explain(values)

    def save(self, folder: Path) -> None:
        """Write a folder of model folders, the rules and a manifest with the digest of every file.

        Raises
        ------
        ModelsError
            When the certificate of one of the models does not hold.
        """
        folder = Path(folder)
        self.pooled.save(folder / POOLED)
        for name, member in self.members.items():
            member.save(folder / name)
        text = canonical(
            {
                "segments": [segment.to_json() for segment in self.segments],
                "members": sorted(self.members),
                "notes": dict(self.notes),
            }
        )
        (folder / "segments.json").write_text(text, encoding="utf-8")
        manifest = canonical({"format": FORMAT, "sha256": _digests(folder, list(self.members))})
        (folder / "manifest.json").write_text(manifest, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SegmentedModel:
        """Read a folder; refuse it when a file was altered or a certificate does not hold.

        Raises
        ------
        ModelsError
            When a file is absent, altered or of another format.
        """
        folder = Path(folder)
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            content = json.loads((folder / "segments.json").read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                raise ModelsError(f"The folder holds format {manifest['format']}, not {FORMAT}.")
            if manifest["sha256"] != _digests(folder, content["members"]):
                raise ModelsError("A file was altered after the segments were saved.")
            return cls(
                AdditiveModel.load(folder / POOLED),
                tuple(Segment.from_json(segment) for segment in content["segments"]),
                {name: AdditiveModel.load(folder / name) for name in content["members"]},
                content["notes"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelsError(
                "The folder is not a whole saved model of segments: a file is absent or broken."
            ) from error


def _digests(folder: Path, members: list[str]) -> dict[str, str]:
    paths = ["segments.json"]
    for name in sorted([POOLED, *members]):
        paths += [f"{name}/model.json", f"{name}/manifest.json"]
    return {path: sha256((folder / path).read_bytes()).hexdigest() for path in paths}
