"""The WOE scorecard: options, fit, the table that analysts read, whole points."""

from models.glassbox.points import whole_points
from models.scorecard.evidence import weights_of_evidence
from models.scorecard.fit import fit_scorecard
from models.scorecard.options import ScorecardSettings, VariableOptions
from models.scorecard.report import scorecard_html, scorecard_table

__all__ = [
    "ScorecardSettings",
    "VariableOptions",
    "fit_scorecard",
    "scorecard_html",
    "scorecard_table",
    "weights_of_evidence",
    "whole_points",
]
