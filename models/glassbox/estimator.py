"""The glass box as a scikit-learn classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from models.bins import Floats
from models.glassbox.fit import fit_glassbox
from models.glassbox.settings import GlassBoxSettings
from models.schema import Field, Schema

EXPECTED_FAILED_CHECKS = {
    "check_sample_weight_equivalence_on_dense_data": (
        "rows are dealt out into folds: a row of weight two lies in one fold, two rows may lie in two"
    ),
    "check_sample_weight_equivalence_on_sparse_data": "sparse rows are not read",
}
"""Checks of scikit-learn that do not apply, and why."""


class GlassBoxClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Additive tables of one and two features, for two classes.

    Parameters
    ----------
    directions
        Column name -> +1 or -1: a larger value never lowers, or never raises, the probability of the
        second class.
    special
        Column name -> codes that are no quantities, such as ``(-7, -8)``.
    settings
        Settings of the fit.
    random_state
        Seed; the same rows, settings and seed give the same tables.

    Attributes
    ----------
    model_ : AdditiveModel
        The tables; its reasons, certificate, storage and exports.
    classes_, n_features_in_, feature_names_in_
        As scikit-learn names them.

    Notes
    -----
    Columns of a DataFrame that hold numbers or booleans are numbers, all others are categories. The
    columns of an array are called ``x0``, ``x1``, ... Missing values are welcome.
    """

    def __init__(
        self,
        directions: Mapping[str, int] | None = None,
        special: Mapping[str, tuple[float, ...]] | None = None,
        settings: GlassBoxSettings | None = None,
        random_state: int = 0,
    ) -> None:
        self.directions = directions
        self.special = special
        self.settings = settings
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit on rows and labels of two classes; rows of weight zero are passed over.

        Raises
        ------
        ValueError
            When the labels are not of two classes.
        ModelsError
            When a column can not be learnt from, naming it.
        """
        frame, labels = self._read(X, y, first=True)
        check_classification_targets(labels)
        if type_of_target(labels, input_name="y", raise_unknown=True) != "binary":
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{type_of_target(labels)}."
            )
        self.classes_ = np.unique(labels)
        weight = _check_sample_weight(sample_weight, frame, ensure_non_negative=True)
        used = weight > 0
        if len(np.unique(labels[used])) < 2:
            raise ValueError("GlassBoxClassifier needs two classes; the labels hold one class.")
        self.model_ = fit_glassbox(
            frame.loc[used],
            (labels[used] == self.classes_[1]).astype(np.float64),
            self._schema(frame),
            weight=None if sample_weight is None else weight[used],
            settings=self.settings,
            seed=self.random_state,
        )
        return self

    def decision_function(self, X: Any) -> Floats:
        """Calibrated log odds of the second class; shape (n,)."""
        check_is_fitted(self)
        return self.model_.log_odds(self._read(X)[0])

    def predict_proba(self, X: Any) -> Floats:
        """Calibrated probabilities of both classes; shape (n, 2)."""
        check_is_fitted(self)
        p = self.model_.probability(self._read(X)[0])
        return np.column_stack([1.0 - p, p])

    def predict(self, X: Any) -> NDArray[Any]:
        """Give the likelier class; shape (n,)."""
        check_is_fitted(self)
        picked: NDArray[Any] = self.classes_[(self.decision_function(X) > 0).astype(np.intp)]
        return picked

    def _read(
        self, X: Any, y: ArrayLike | None = None, first: bool = False
    ) -> tuple[pd.DataFrame, NDArray[Any]]:
        """Check rows as scikit-learn does; a DataFrame keeps its types."""
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=first, skip_check_array=True)
            labels = column_or_1d(y, warn=True) if first else np.empty(0)
            if first:
                check_consistent_length(X, labels)
            named = X.set_axis([str(name) for name in X.columns], axis=1)
            return named.reset_index(drop=True), labels
        options = {"dtype": np.float64, "ensure_all_finite": False, "reset": first}
        if first:
            rows, labels = validate_data(self, X, y, **options)
        else:
            rows, labels = validate_data(self, X, **options), np.empty(0)
        return pd.DataFrame(rows, columns=[f"x{i}" for i in range(rows.shape[1])]), labels

    def _schema(self, frame: pd.DataFrame) -> Schema:
        directions, special = self.directions or {}, self.special or {}
        return Schema(
            tuple(
                Field(
                    str(name),
                    "number" if pd.api.types.is_numeric_dtype(dtype) else "category",
                    direction=directions.get(str(name), 0),
                    special=tuple(special.get(str(name), ())),
                )
                for name, dtype in zip(frame.columns, frame.dtypes, strict=True)
            )
        )

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn what is read: two classes, missing values."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
