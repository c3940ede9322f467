"""Thresholds and scores of identity resolution. All of them are ours; no regulation gives any."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class LinkSettings(BaseModel):
    """What is believed, what is asked, and what is dropped.

    Attributes
    ----------
    accept : float
        From this score on a candidate is believed without being asked about. Among codes that were hidden on
        open lists of a city, 93 of 93 proposals from 0.8 on were right (95 % interval: 0.96 to 1).
    review : float
        From this score on a candidate goes to the review queue; below it is dropped. With hidden codes 30 of 34
        between 0.3 and 0.8 were right, 30 of 82 between 0.15 and 0.3.
    most_candidates : int
        So many candidates of one subject are kept, the best first.
    margin : float
        A similar name is believed only if the next best candidate scores this much less.
    share : float
        Share of the subjects left over that are expected to have an enterprise in the lake: the prior
        of the similarity score, divided by the number of enterprises.
    least_enterprises : int
        So many enterprises are counted at least: a lake with few of them still stands in a city with many.
    commonest : int
        Pairs of characters that more names of enterprises share are not looked up (speed).
    seed : int
        Of the drawing that measures the frequencies of agreement.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accept: float = Field(0.8, gt=0, le=1)
    review: float = Field(0.3, gt=0, le=1)
    most_candidates: int = Field(3, ge=1, le=20)
    margin: float = Field(0.2, ge=0, le=1)
    share: float = Field(0.02, gt=0, lt=1)
    least_enterprises: int = Field(10_000, ge=1)
    commonest: int = Field(60, ge=1)
    seed: int = 1

    @model_validator(mode="after")
    def _ordered(self) -> LinkSettings:
        if self.review > self.accept:
            raise ValueError("review must not be above accept")
        return self


SCORES = {
    "confirmed": 1.0,
    "code": 1.0,
    "name": 0.99,
    "spelling": 0.97,
    "former": 0.95,
}
"""Scores of what is equal, the best first (ours; `measure` says how often each is right)."""

HELD = 0.6
"""Score of a code with another name, or of a name with another code: a person decides (ours)."""
