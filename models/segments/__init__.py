"""Segments with partial pooling: one glass box for all, and corrections where the data carry them."""

from models.segments.fit import SegmentSettings, fit_segments
from models.segments.report import segment_report
from models.segments.rules import Condition, Segment
from models.segments.segmented import SegmentedModel
from models.segments.standard import standard_segments

__all__ = [
    "Condition",
    "Segment",
    "SegmentSettings",
    "SegmentedModel",
    "fit_segments",
    "segment_report",
    "standard_segments",
]
