"""Records from a contract's declaration alone: whatever a theme leaves open is filled here.

Bounds, codes, patterns, identifiers, seals, keys, and the order that the contract's own rules ask of dates
and amounts are kept; dates lie within the subject's life and the window.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.city.city import City
from data_contracts.city.clock import dates
from data_contracts.city.digits import card_numbers, texts, written
from data_contracts.city.lenders import LENDERS
from data_contracts.city.patterns import fits, pool
from data_contracts.city.places import AREAS
from data_contracts.contract import Column, Contract

Piece: TypeAlias = "dict[str, Any]"
"""Columns by item name, each an Arrow array or a numpy array (days since 1970 for dates); ``_i`` are the
rows of the subjects (-1: the record is about a lender, whose row is ``_lender``), ``_known`` days;
``_whole`` says that nothing is left out."""

NULLS = 0.08
"""Share of nulls in an item that may be null and that no theme fills."""

_EPOCH = date(1970, 1, 1).toordinal()
_TEXTS = 50


def complete(
    contract: type[Contract], piece: Piece, city: City, rng: np.random.Generator, serial: int = 0
) -> pa.Table:
    """Make whole records from the columns that a theme gives.

    Parameters
    ----------
    contract
        What the records are to be.
    piece
        Columns that are known; at least ``_i``.
    city
        Where they come from.
    rng
        For what is open.
    serial
        Number of the first record, for keys.

    Returns
    -------
    pyarrow.Table
        The contract's columns, then ``_known``.
    """
    filler = _Filler(contract, piece, city, rng, serial)
    return filler.table()


class _Filler:
    def __init__(
        self,
        contract: type[Contract],
        piece: Piece,
        city: City,
        rng: np.random.Generator,
        serial: int,
    ) -> None:
        self.contract, self.piece, self.city = contract, piece, city
        self.rng, self.serial = rng, serial
        self.rows = np.asarray(piece["_i"], dtype=np.int64)
        self.count = len(self.rows)
        self.subject = np.maximum(self.rows, 0)
        self.made: dict[str, Any] = {}

    def table(self) -> pa.Table:
        """Fill all columns, put them into order, and write them as the contract's types."""
        about = self.contract.about
        columns = {column.name: column for column in self.contract.columns()}
        self.event = self._days(columns[about.event])
        for name, column in columns.items():
            given = self.piece.get(name)
            if name == about.event:
                self.made[name] = (self.event, None)
            elif given is None:
                self.made[name] = self._open(column)
            elif column.kind is date and isinstance(given, np.ndarray):
                self.made[name] = (given.astype(np.int64), None)
            else:
                self.made[name] = given
        self._order(columns)
        schema = self.contract.arrow_schema()
        arrays = [self._arrow(columns[field.name], field.type) for field in schema]
        known = self.piece.get("_known")
        if known is None:
            most = max(1, min(about.latency_days, 20))
            latest = self.made[about.event][0]
            known = latest + self.rng.integers(0, most + 1, self.count)
        arrays.append(dates(known))
        return pa.Table.from_arrays(arrays, schema=schema.append(pa.field("_known", pa.date32())))

    # ---- one column ------------------------------------------------------------------------

    def _open(self, column: Column) -> Any:
        made = self._special(column)
        if made is not None:
            return made
        made = self._plain(column)
        if column.nullable and not self.piece.get("_whole"):
            missing = self.rng.random(self.count) < NULLS
            if isinstance(made, tuple):
                made = (made[0], missing if made[1] is None else made[1] | missing)
            elif isinstance(made, pa.Array | pa.ChunkedArray):
                made = pc.if_else(pa.array(missing), pa.scalar(None, made.type), made)
            else:
                made = (made, missing)
        return made

    def _special(self, column: Column) -> Any:
        """Items whose name or identifier says what they are."""
        name, declared, city = column.name, column.item, self.city
        people, rows = city.population, pa.array(self.subject)
        if name == self.contract.about.subject and name not in self.piece:
            mine = people.subject_id.take(rows)
            if self.rows.size and self.rows.min() < 0:
                lender = pc.binary_join_element_wise("INST", self._lender_codes(), "-")
                return pc.if_else(pa.array(self.rows < 0), lender, mine)
            return mine
        if declared.seal == "hmac":
            return city.sealed(declared.identifier).take(pa.array(people.person[self.subject]))
        if declared.seal == "mask":
            return self._masked(column)
        if name == "subject_name":
            firm = pa.array(people.kind[self.subject] <= 1)
            return pc.if_else(firm, people.name.take(rows), None)
        if name in ("name", "taxpayer_name", "enterprise_name") and column.kind is str:
            return people.name.take(rows)
        if name == "consent_no" and column.nullable:
            return city.consent_no.take(rows)
        if name == "negative_notice_on":
            return (self.event - 10, ~city.is_person[self.subject])
        if name == "currency":
            return pa.array(["CNY"] * self.count)
        if name == "region":
            return pc.binary_join_element_wise(
                "CN", pc.utf8_slice_codeunits(people.area_codes(), 0, 2).take(rows), "-"
            )
        if name == "simulated" and column.kind is bool:
            return np.ones(self.count, dtype=bool)
        found = self._identified(declared.identifier, rows)
        if found is not None and not column.nullable:
            return pc.fill_null(found, pool(declared.pattern)[0] if declared.pattern else "0")
        return found

    def _identified(self, kind: str | None, rows: pa.Array) -> Any:
        people, person = self.city.population, self.city.population.persons
        if kind in ("uscc", "organisation_no"):
            return people.uscc.take(rows)
        if kind == "organisation_code":
            return people.organisation_code.take(rows)
        if kind == "registration_no":
            return people.registration_no.take(rows)
        if kind == "area":
            return people.area_codes().take(rows)
        if kind == "industry":
            return people.industry_codes().take(rows)
        if kind == "postcode":
            codes = pa.array([post for _, post, _ in AREAS])
            return codes.take(pa.array(people.area[self.subject]))
        if kind == "institution_code":
            return self._lender_codes()
        if kind == "mobile":
            return person.mobile.take(pa.array(people.person[self.subject]))
        if kind == "resident_id":
            return person.resident_id.take(pa.array(people.person[self.subject]))
        if kind == "bank_card":
            return texts(card_numbers(self.subject))
        return None

    def _lender_codes(self) -> pa.Array:
        lender = self.piece.get("_lender")
        row = self.city.bank[self.subject] if lender is None else np.asarray(lender) % LENDERS
        return pa.array(self.city.lenders.code).take(pa.array(row))

    def _masked(self, column: Column) -> pa.Array:
        """A masked form of what the item holds: of a resident id, a mobile, a card, or else a name."""
        people = self.city.population
        rows = pa.array(people.person[self.subject])
        kind = column.item.identifier
        if kind == "resident_id":
            whole = people.persons.resident_id.take(rows)
            return _hidden(whole, 3, 11, 4)
        if kind in ("mobile", "bank_card"):
            whole = people.persons.mobile.take(rows)
            return _hidden(whole, 3, 4, 4)
        whole = people.persons.name.take(rows)
        return pc.binary_join_element_wise(pc.utf8_slice_codeunits(whole, 0, 1), "**", "")

    def _plain(self, column: Column) -> Any:
        declared, name = column.item, column.name
        if name in self.contract.about.key and column.kind is str and not declared.codes:
            return self._serial(column)
        if declared.codes:
            codes = list(declared.codes)
            weights = 1.0 / (1.0 + np.arange(len(codes)))
            drawn = self.rng.choice(len(codes), self.count, p=weights / weights.sum())
            return pa.array(codes).take(pa.array(drawn))
        if column.kind is date:
            return self._other_day(column)
        if column.kind is bool:
            return self.rng.random(self.count) < 0.2
        if column.kind is str:
            return self._text(column)
        return self._number(column)

    def _serial(self, column: Column) -> pa.Array:
        """Distinct texts in the form of the item: a prefix of its pattern and a running number."""
        numbers = np.char.zfill((self.serial + np.arange(self.count)).astype("U9"), 9)
        pattern, longest = column.item.pattern, column.item.max_length or 40
        for prefix in ("XQ-", "XQ", "X", ""):
            text = prefix + "0" * 9
            if len(text) <= longest and (pattern is None or fits(pattern, text)):
                return pc.binary_join_element_wise(prefix, pa.array(numbers.astype(object)), "")
        assert pattern is not None
        return _counted(pattern, self.serial + np.arange(self.count))

    def _text(self, column: Column) -> pa.Array:
        declared = column.item
        if declared.pattern is not None:
            found = list(pool(declared.pattern, 200, declared.max_length))
        else:
            # A word of its own for each item, marked as simulated.
            found = [f"模拟{declared.title_zh}{number}" for number in range(1, _TEXTS + 1)]
            found = [text[-(declared.max_length or 40) :] for text in found]
        return pa.array(found).take(pa.array(self.rng.integers(0, len(found), self.count)))

    def _number(self, column: Column) -> Any:
        declared, name = column.item, column.name
        assert isinstance(declared.ge, int | float)
        assert isinstance(declared.le, int | float)
        low, high = max(declared.ge, 0), declared.le
        if name.endswith("year") or declared.unit == "year":
            years = self.event.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
            return np.clip(years, low, high)
        draw = self.rng.random(self.count)
        if name.endswith("_cents"):
            scale = self.city.population.revenue_cents[self.subject] * 0.02
            made = scale * np.exp(self.rng.normal(0, 0.8, self.count))
            return np.clip((made // 100).astype(np.int64) * 100, max(low, 100), high)
        if column.kind is float:
            return np.clip(low + draw * (min(high, low + 100.0) - low), low, high)
        return (low + draw * (min(high, low + 30) - low)).astype(np.int64)

    # ---- dates -----------------------------------------------------------------------------

    def _days(self, column: Column) -> np.ndarray:
        """The event: as given, or some day of the subject's life within the window."""
        given = self.piece.get(column.name)
        if given is not None:
            return np.asarray(given, dtype=np.int64)
        settings = self.city.settings
        first = np.maximum(settings.days(0), self.city.population.founded[self.subject] + 30)
        last = settings.days(settings.months - 1, 99)
        first = np.minimum(first, last)
        return np.asarray(first + (self.rng.random(self.count) * (last - first)).astype(np.int64))

    def _other_day(self, column: Column) -> tuple[np.ndarray, np.ndarray | None]:
        name, about = column.name, self.contract.about
        spread = self.rng.integers(0, 60, self.count)
        if name == about.end and column.nullable:
            return self.event + 30 + spread * 6, self.rng.random(self.count) < 0.4
        if any(part in name for part in ("until", "expire", "due", "end")):
            return self.event + 365 + spread, None
        if any(part in name for part in ("founded", "established", "account_opened")):
            return np.minimum(self.city.population.founded[self.subject], self.event), None
        return self.event + spread // 6, None

    # ---- rules between columns -------------------------------------------------------------

    def _order(self, columns: dict[str, Column]) -> None:
        """Move what no theme gave so that the contract's own rules hold."""
        event = self.contract.about.event
        fixed = {name for name in columns if name in self.piece} | {event}
        for _ in range(4):
            for rule in self.contract.rules:
                left, right = self.made[rule.left], self.made[rule.right]
                if not all(isinstance(side, tuple | np.ndarray) for side in (left, right)):
                    continue
                low, low_null = left if isinstance(left, tuple) else (left, None)
                high, high_null = right if isinstance(right, tuple) else (right, None)
                step = 1 if rule.operator == "<" else 0
                if rule.right not in fixed:
                    moved = low if rule.operator == "=" else np.maximum(high, low + step)
                    high = np.where(_valid(low_null, len(low)), moved, high)
                elif rule.left not in fixed:
                    moved = high if rule.operator == "=" else np.minimum(low, high - step)
                    low = np.where(_valid(high_null, len(high)), moved, low)
                self.made[rule.left], self.made[rule.right] = (low, low_null), (high, high_null)

    def _arrow(self, column: Column, kind: pa.DataType) -> pa.Array:
        made = self.made[column.name]
        if isinstance(made, tuple):
            values, missing = made
            if isinstance(values, pa.Array | pa.ChunkedArray):
                made = pc.if_else(pa.array(missing), None, values)
            elif column.kind is date:
                return dates(values, missing)
            else:
                return pa.array(values, mask=missing).cast(kind)
        if isinstance(made, np.ndarray):
            made = pa.array(made)
        if isinstance(made, pa.ChunkedArray):
            made = made.combine_chunks()
        return made.cast(kind)


def _valid(missing: np.ndarray | None, count: int) -> np.ndarray:
    return np.ones(count, dtype=bool) if missing is None else ~missing


def _hidden(whole: pa.Array, head: int, stars: int, tail: int) -> pa.Array:
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(whole, 0, head),
        "*" * stars,
        pc.utf8_slice_codeunits(whole, -tail),
        "",
    )


def _counted(pattern: str, numbers: np.ndarray) -> pa.Array:
    """Distinct texts of a pattern: one text of it, with the numbers in those of its places that take digits."""
    text = pool(pattern)[0]
    places = [
        place
        for place in range(len(text))
        if all(fits(pattern, text[:place] + digit + text[place + 1 :]) for digit in "059")
    ][-9:]
    made = np.tile(np.frombuffer(text.encode("ascii"), dtype=np.uint8), (len(numbers), 1))
    if places:
        made[:, places] = written(numbers, len(places))
    return texts(made)
