"""Programs laid out by hand: what a rule does not need is left out, and registers are used again."""

from __future__ import annotations

from data_contracts.intake.judge.program import FALSE, LE, TRUE, Program, Step


def test_a_rule_ends_in_the_truth_that_breaks_it() -> None:
    """``NOT coalesce(a <= b, TRUE)`` may hold where ``a <= b`` may be false: one comparison is left."""
    program = Program()
    a, b = program.add(Step.NUMBER, 0), program.add(Step.NUMBER, 1)
    compared = program.add(Step.COMPARE, a, b, LE)
    rule = program.add(Step.NOT, program.add(Step.OTHERWISE, compared, TRUE))
    layout = program.laid_out([rule])
    assert layout.steps.tolist() == [
        [Step.NUMBER, 0, 0, 0, 0], [Step.NUMBER, 1, 1, 0, 0], [Step.COMPARE, 0, 0, 1, LE],
        [Step.MET, 0, 0, FALSE, 0],
    ]  # fmt: skip
    assert (layout.truths, layout.numbers) == (1, 2)


def test_a_missing_truth_that_breaks_a_rule_is_not_left_out() -> None:
    """``NOT coalesce(x, FALSE)`` holds of a missing truth as well."""
    program = Program()
    looked = program.add(Step.TABLE, 0, 0, -1)
    filled = program.add(Step.OTHERWISE, looked, FALSE)
    layout = program.laid_out([program.add(Step.NOT, filled)])
    assert [line[0] for line in layout.steps.tolist()] == [Step.TABLE, Step.OTHERWISE, Step.MET]
    assert layout.steps[-1].tolist() == [Step.MET, 0, filled, FALSE, 0]


def test_either_side_of_an_or_breaks_a_rule() -> None:
    program = Program()
    x, y = program.add(Step.TABLE, 0, 0, -1), program.add(Step.TABLE, 1, 0, -1)
    layout = program.laid_out(
        [program.add(Step.OR, x, program.add(Step.NOT, y)), program.add(Step.AND, x, y)]
    )
    met = [line[1:4] for line in layout.steps.tolist() if line[0] == Step.MET]
    assert sorted(met) == [[0, 0, TRUE], [0, 1, FALSE], [1, 2, TRUE]]


def test_a_register_is_used_again_but_a_constant_stays() -> None:
    """Twenty rules on twenty tables need one register, beside that of the constant."""
    program = Program()
    unknown = program.add(Step.CONSTANT, TRUE)
    rules = [program.add(Step.AND, program.add(Step.TABLE, n, 0, -1), unknown) for n in range(20)]
    layout = program.laid_out(rules)
    constant = [line for line in layout.steps.tolist() if line[0] == Step.CONSTANT]
    written = [line[1] for line in layout.steps.tolist() if line[0] in (Step.TABLE, Step.AND)]
    assert layout.truths == 3
    assert constant == [[Step.CONSTANT, 0, TRUE, 0, 0]]
    assert 0 not in written


def test_what_no_rule_needs_is_left_out() -> None:
    program = Program()
    program.add(Step.TABLE, 0, 0, -1)
    assert program.laid_out([]).steps.shape == (0, 5)
