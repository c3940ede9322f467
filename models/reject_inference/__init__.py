"""Reject inference: what may be learned from applications whose outcome nobody knows."""

from models.reject_inference.methods import (
    METHODS,
    Augmented,
    Method,
    RejectSettings,
    infer_rejects,
)

__all__ = ["METHODS", "Augmented", "Method", "RejectSettings", "infer_rejects"]
