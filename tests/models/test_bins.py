"""Bins: which row of a table a value falls into."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.bins import (
    CategoryBins,
    NumberBins,
    categories,
    numbers,
    project,
    quantities,
    read_number,
    union,
)
from models.errors import ModelsError


def test_a_value_on_a_threshold_belongs_below_it() -> None:
    bins = NumberBins((1.0, 2.0))
    values = np.array([-np.inf, 0.0, 1.0, np.nextafter(1.0, 2.0), 2.0, 2.1, np.inf, np.nan])
    assert bins.encode(values).tolist() == [0, 0, 0, 1, 1, 2, 2, 3]
    assert (bins.size, bins.ordered, bins.missing) == (4, 3, 3)
    assert bins.labels == ("<= 1", "(1, 2]", "> 2", "missing")


def test_a_number_without_thresholds_has_one_bin_and_one_for_missing() -> None:
    bins = NumberBins(())
    assert bins.encode(np.array([3.0, np.nan, -np.inf])).tolist() == [0, 1, 0]
    assert bins.labels == ("all", "missing")


def test_a_special_code_is_compared_exactly_and_has_a_bin_behind_missing() -> None:
    bins = NumberBins((-8.0, 1.0), special=(-9.0, -8.0))
    values = np.array([-9.0, -8.0, -8.5, np.nextafter(-8.0, 0.0), 2.0, np.nan, -np.inf])
    assert bins.encode(values).tolist() == [4, 5, 0, 1, 2, 3, 0]
    assert (bins.size, bins.ordered, bins.missing, list(bins.unknown)) == (6, 3, 3, [3, 4, 5])
    assert bins.labels == ("<= -8", "(-8, 1]", "> 1", "missing", "= -9", "= -8")
    assert NumberBins((), (-9.0,)).labels == ("all", "missing", "= -9")
    for wrong in ((-8.0, -9.0), (-9.0, -9.0), (np.nan,)):
        with pytest.raises(ModelsError, match="Special codes"):
            NumberBins((), wrong)


def test_a_special_code_counts_as_missing_where_a_table_has_no_bin_for_it() -> None:
    a, b = NumberBins((1.0,), (-9.0,)), NumberBins((2.0,), (-8.0,))
    both = union([a, b])
    assert both == NumberBins((1.0, 2.0), (-9.0, -8.0))
    assert project(both, a).tolist() == [0, 1, 1, 2, 3, 2]
    assert project(both, b).tolist() == [0, 0, 1, 2, 2, 3]
    with pytest.raises(ModelsError, match="part of the fine"):
        project(NumberBins((1.0,)), a)


def test_special_codes_are_no_quantities() -> None:
    values = np.array([-9.0, 0.0, np.nan])
    np.testing.assert_array_equal(quantities(values, (-9.0,)), [np.nan, 0.0, np.nan])
    assert quantities(values, ()) is values


def test_unseen_levels_share_a_bin_and_missing_has_its_own() -> None:
    bins = CategoryBins(("b", "a"))
    values = categories("c", pd.Series(["a", "b", "zzz", None, ""], dtype=object))
    assert bins.encode(values).tolist() == [1, 0, 2, 3, 2]
    assert bins.labels == ("b", "a", "other", "missing")
    assert bins.ordered == 0


@pytest.mark.parametrize("cuts", [(2.0, 1.0), (1.0, 1.0), (np.nan,), (np.inf,)])
def test_thresholds_must_be_finite_and_rise(cuts: tuple[float, ...]) -> None:
    with pytest.raises(ModelsError, match="strictly rising"):
        NumberBins(cuts)


@pytest.mark.parametrize("levels", [("a", "a"), (1,)])
def test_levels_must_be_unique_texts(levels: tuple[str, ...]) -> None:
    with pytest.raises(ModelsError, match="Levels"):
        CategoryBins(levels)


def test_union_holds_every_threshold_and_projects_onto_each_part() -> None:
    a, b = NumberBins((1.0, 3.0)), NumberBins((2.0, 3.0))
    both = union([a, b])
    assert both == NumberBins((1.0, 2.0, 3.0))
    values = np.array([0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0, np.nan])
    for part in (a, b):
        assert project(both, part)[both.encode(values)].tolist() == part.encode(values).tolist()
    levels = union([CategoryBins(("x",)), CategoryBins(("y", "x"))])
    assert levels == CategoryBins(("x", "y"))
    # A level that a part does not know is "other" there, a missing one stays missing.
    assert project(levels, CategoryBins(("y",))).tolist() == [1, 0, 1, 2]


def test_bins_that_do_not_nest_or_mix_kinds_are_refused() -> None:
    with pytest.raises(ModelsError, match="part of the fine"):
        project(NumberBins((1.0,)), NumberBins((1.5,)))
    with pytest.raises(ModelsError, match="part of the fine"):
        project(CategoryBins(("a",)), CategoryBins(("b",)))
    with pytest.raises(ModelsError, match="number in one table"):
        union([NumberBins(()), CategoryBins(())])
    with pytest.raises(ModelsError, match="number in one table"):
        project(NumberBins(()), CategoryBins(()))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1.0, np.nan, 0.0]),
        pd.Series([1, None, 0], dtype="Int64"),
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([1, None, False], dtype=object),
        pd.Series([np.float32(1), pd.NA, pd.NaT], dtype=object).where([True, True, False], 0),
    ],
)
def test_numbers_are_read_from_every_usual_column(column: pd.Series) -> None:
    read = numbers("x", column)
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, [1.0, np.nan, 0.0])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["1", "2"]),
        pd.Series([1.0, "2"], dtype=object),
        pd.Series(["1", "2"], dtype="category"),
        pd.to_datetime(pd.Series(["2020-01-01", "2020-01-02"])),
        pd.Series([1j, 2j]),
    ],
)
def test_other_things_than_numbers_are_refused_by_name(column: pd.Series) -> None:
    with pytest.raises(ModelsError, match=r"'amount' must hold numbers"):
        numbers("amount", column)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1.0, 2.0]),
        pd.Series(["a", 1.0], dtype=object),
        pd.Series([1, 2], dtype="category"),
        pd.Series([True, False]),
    ],
)
def test_other_things_than_text_are_refused_by_name(column: pd.Series) -> None:
    with pytest.raises(ModelsError, match=r"'sector' must hold text"):
        categories("sector", column)


@pytest.mark.parametrize("kind", [object, float, "str", "category"])
def test_a_category_that_is_missing_everywhere_is_read(kind: object) -> None:
    read = categories("sector", pd.Series([None, None], dtype=kind))
    assert read.codes.tolist() == [-1, -1]


def test_a_number_too_large_for_a_float_is_refused_by_name() -> None:
    with pytest.raises(ModelsError, match="'amount'"):
        read_number("amount", 10**400)
