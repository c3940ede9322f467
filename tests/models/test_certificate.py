"""The certificate against enumeration of every combination of bins."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from models.bins import Bins, CategoryBins, NumberBins
from models.glassbox.certificate import certify
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, make_rows, table


def one_of_each(axis: Bins) -> list[float | str | None]:
    """A value in every bin, in the order of the bins."""
    if isinstance(axis, NumberBins):
        above = axis.cuts[-1] + 1.0 if axis.cuts else 0.0
        return [*axis.cuts, above, None]
    return [*axis.levels, "no such level", None]


def grid(model: AdditiveModel) -> np.ndarray:
    """Log odds of every combination of bins, one axis an input."""
    values = [one_of_each(axis) for axis in model.bins.values()]
    frame = pd.DataFrame(list(product(*values)), columns=list(model.bins), dtype=object)
    return model.log_odds(frame).reshape([len(v) for v in values])


def random_model(seed: int) -> AdditiveModel:
    """Three inputs, three pairs with coarser bins, effects by chance."""
    random = np.random.default_rng(seed)
    a, b = NumberBins((0.0, 1.0, 2.0)), NumberBins((5.0, 6.0))
    c = CategoryBins(("u", "v"))
    schema = Schema(
        (
            Field("a", "number", direction=1),
            Field("b", "number", direction=-1),
            Field("c", "category"),
        )
    )
    axes: dict[tuple[str, ...], tuple[Bins, ...]] = {
        ("a",): (a,),
        ("b",): (b,),
        ("c",): (c,),
        ("a", "b"): (NumberBins((1.0,)), b),
        ("a", "c"): (NumberBins((0.0, 2.0)), CategoryBins(("v",))),
        ("b", "c"): (NumberBins((6.0,)), c),
    }
    rising = {"a": np.arange(5.0), "b": -np.arange(4.0), "c": np.zeros(4)}
    tables = []
    for term, parts in axes.items():
        values = random.normal(0.0, 0.4, [part.size for part in parts])
        if len(term) == 1:
            values += rising[term[0]]
        tables.append(table(term, parts, values))
    return AdditiveModel(schema, tuple(tables), random.normal())


@pytest.mark.parametrize("seed", range(25))
def test_it_equals_enumeration(seed: int) -> None:
    model = random_model(seed)
    certificate, cells = certify(model), grid(model)
    faults = 0
    for axis, name in enumerate(("a", "b")):
        lines = np.moveaxis(cells, axis, 0)
        observed, missing = lines[:-1], lines[-1]
        smallest = (model.schema[name].direction * np.diff(observed, axis=0)).min()
        assert certificate.monotone[name] == pytest.approx(smallest, abs=1e-9)
        faults += smallest < 0
        never_best = bool((missing >= observed - 1e-12).all())
        assert (name in certificate.missing_not_best) == never_best
    assert certificate.holds == (faults == 0)
    assert len(certificate.faults) == faults
    margins = model.scale.offset - model.scale.factor * cells
    assert certificate.margin_low <= margins.min() + 1e-9
    assert certificate.margin_high >= margins.max() - 1e-9


def test_random_models_hold_and_break_so_that_both_were_tried() -> None:
    held = [certify(random_model(seed)).holds for seed in range(25)]
    assert 0 < sum(held) < 25


def test_known_numbers() -> None:
    certificate = certify(hand_model())
    # x: step 1 is 0.6 and stays inside the pair's first bin; step 2 is 0.6 plus at least 0.05.
    assert certificate.monotone == {"x": pytest.approx(0.6)}
    # Missing x: 0.3 against 0.7 above.
    assert certificate.missing_not_best == ()
    assert (certificate.single_tables, certificate.pair_tables, certificate.cells) == (2, 1, 17)
    scale = hand_model().scale
    assert certificate.margin_low == pytest.approx(scale.margin(-2.0 + 0.7 + 0.4 + 0.3))
    assert certificate.margin_high == pytest.approx(scale.margin(-2.0 - 0.5 - 0.2 - 0.1))
    assert certificate.to_json()["faults"] == []


def test_a_broken_single_table_is_found() -> None:
    model = hand_model()
    values = model.tables[0].values.copy()
    values[2] = values[1] - 0.3 - 1e-6  # the pair adds between 0.05 and 0.2 to this step
    broken = replace(model, tables=(model.tables[0].with_values(values), *model.tables[1:]))
    certificate = certify(broken)
    assert not certificate.holds
    assert certificate.faults == ("x is not monotone in its declared direction",)
    assert certificate.monotone["x"] == pytest.approx(-0.25 - 1e-6)


def test_a_direction_that_only_one_cell_of_a_pair_breaks_is_found() -> None:
    bad_cell = [[0.1, -0.1, 0.7], [0.3, 0.0, 0.05], [0.0, 0.0, 0.2]]
    assert certify(hand_model()).holds
    certificate = certify(hand_model(pair=bad_cell))
    assert certificate.monotone["x"] == pytest.approx(0.6 - 0.65)
    assert not certificate.holds


def test_missing_must_not_be_better_where_that_is_declared() -> None:
    model = hand_model()
    declared = Schema((Field("x", "number", direction=1, missing="worst"), model.schema["c"]))
    certificate = certify(replace(model, schema=declared))
    assert certificate.faults == ("a missing x can be better than the worst observed value",)
    values = model.tables[0].values.copy()
    values[3] = 0.7 + 0.3  # the pair can make missing 0.3 better than the worst
    raised = replace(
        model, schema=declared, tables=(model.tables[0].with_values(values), *model.tables[1:])
    )
    assert certify(raised).holds
    assert certify(raised).missing_not_best == ("x",)


@pytest.mark.parametrize("name", ["sex", "customerAge", "marital_status", "blood_type"])
def test_a_prohibited_input_is_refused_by_name(name: str) -> None:
    model = AdditiveModel(
        Schema((Field(name, "number"),)), (table((name,), (NumberBins(()),), [0.1, 0.0]),), 0.0
    )
    certificate = certify(model)
    assert not certificate.holds
    assert f"{name} is a prohibited input" in certificate.faults[0]


def test_a_prohibited_input_is_refused_by_its_title_or_by_declaration() -> None:
    titled = AdditiveModel(
        Schema((Field("v17", "number", title_zh="性别"),)),
        (table(("v17",), (NumberBins(()),), [0.1, 0.0]),),
        0.0,
    )
    assert not certify(titled).holds
    assert not certify(replace(hand_model(), prohibited=("c",))).holds
    assert certify(replace(hand_model(), prohibited=("z",))).holds


def test_a_fitted_model_holds_what_its_fields_declare(fitted: AdditiveModel) -> None:
    certificate = certify(fitted)
    assert certificate.holds
    assert set(certificate.monotone) == {"arrears", "income"}
    assert min(certificate.monotone.values()) >= -1e-12
    assert certificate.pair_tables > 0
    margins = fitted.margin(make_rows(2000, seed=12)[0])
    assert certificate.margin_low <= margins.min() <= margins.max() <= certificate.margin_high


def test_predictions_of_random_pairs_keep_the_directions(fitted: AdditiveModel) -> None:
    frame = make_rows(1500, seed=13)[0]
    random = np.random.default_rng(0)
    for name, direction in (("arrears", 1), ("income", -1)):
        frame = frame[frame[name].notna()]
        other = random.permutation(frame[name].to_numpy())
        changed = frame.assign(**{name: other})
        up = direction * (other - frame[name].to_numpy())
        gain = fitted.log_odds(changed) - fitted.log_odds(frame)
        assert (gain[up > 0] >= -1e-9).all()
        assert (gain[up < 0] <= 1e-9).all()
        assert np.abs(gain).max() > 0.1
