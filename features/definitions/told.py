"""What was never told is not zero: a guard for sums over items that a supplier may leave out.

``total()`` is 0 where a subject has records but none that is taken has a value. That is right for "nothing was
sold in these months", and wrong where the amounts were never told, or may not be seen without the written
consent of a person (REG-03): a shop without that consent has not sold nothing.
"""

from __future__ import annotations

from features.expressions import Column, Expression, Records


def told(column: Column) -> Expression:
    """Whether any record of the subject that may be seen has a value in this column.

    Parameters
    ----------
    column : Column
        Column of a contract.

    Returns
    -------
    Expression
        A flag; null where the subject has no records.

    Examples
    --------
    >>> told(Records("tax_payment")["tax_paid_cents"]).function
    'at_least'
    """
    return Records(column.contract).count(where=column.known()).at_least(1)
