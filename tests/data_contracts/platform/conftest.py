"""The fixtures that judge one record."""

from tests.data_contracts.judging import engine, judge

__all__ = ["engine", "judge"]
