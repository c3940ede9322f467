"""From a mapping and the header of a file to SQL: every item compiled once, whole files judged at once.

Each source becomes a text, the text loses its null words, a pattern and a code table are applied, and the
result is read in the type of the item. Each step is a column of its own in a tower of SELECTs, so that no
step is written out twice.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping as AbcMapping
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data_contracts.checks import sql_text
from data_contracts.contract import Column
from data_contracts.errors import ContractsError
from data_contracts.identifiers import sql as identifier_sql
from data_contracts.intake.mapping import forms
from data_contracts.intake.mapping import subject as subjects
from data_contracts.intake.mapping.columns import SQL_TYPES
from data_contracts.intake.mapping.model import Mapping, Source
from data_contracts.intake.mapping.tower import Days, Reading, Term, Tower
from data_contracts.item import OF_ORGANISATIONS

_PERSONAL_KINDS = ("resident_id", "mobile", "bank_card")


class Reader:
    """Compiles sources against the header of one file.

    Parameters
    ----------
    mapping
        Settings and short names of columns.
    path
        The supplier's file, to be named in errors.
    stored
        Column of the file -> (quoted name in ``raw``, DuckDB type).
    days
        Day of receipt and period.
    trusted
        The file is in the contract's own form: amounts are cents, sealed items may be sealed already.
    """

    def __init__(
        self,
        mapping: Mapping,
        path: Path,
        stored: AbcMapping[str, tuple[str, str]],
        days: Days,
        *,
        trusted: bool = False,
    ) -> None:
        self.mapping, self.path, self.stored, self.days = mapping, path, stored, days
        self.trusted = trusted
        self.personal: frozenset[str] = frozenset()
        self.keys: frozenset[str] = frozenset()
        self.tower = Tower()

    # ---- columns ---------------------------------------------------------------------------

    def column(self, name: str) -> str:
        """Name in the file of a column of the mapping.

        Raises
        ------
        ContractsError
            When the file lacks it; the hint names the most similar ones.
        """
        wanted = self.mapping.columns.get(name, (name,))
        for choice in wanted:
            for there in self.stored:
                if there == choice or there.strip() == choice.strip():
                    return there
        close = difflib.get_close_matches(wanted[0], list(self.stored), 3, 0.4)
        hint = (
            f"did you mean {', '.join(close)}?" if close else "the header may stand on another row"
        )
        raise ContractsError(
            "the file lacks a column that the mapping names.",
            expected=f"the column {' or '.join(wanted)}",
            hint=hint,
            file=self.path,
            column=name,
        )

    def raw_text(self, name: str) -> tuple[str, Term]:
        """Column in the file, and its text without outer blanks."""
        there = self.column(name)
        quoted, kind = self.stored[there]
        text = forms.text_of(quoted, kind)
        if text is None:
            raise ContractsError(
                f"the column cannot be used: its type is {kind.lower()}.",
                expected="texts, numbers or dates",
                hint="columns may have changed places, or the export has another format",
                file=self.path,
                column=there,
            )
        return there, self.tower.keep(forms.clean(text))

    def _nulled(self, text: Term, words: Sequence[str]) -> Term:
        if not words:
            return text
        listed = ", ".join(sql_text(word.strip()) for word in words)
        return self.tower.keep(f"CASE WHEN {text.sql} NOT IN ({listed}) THEN {text.sql} END", text)

    def _half(self, text: Term) -> Term:
        return self.tower.keep(forms.half_width(text.sql), text)

    # ---- sources ---------------------------------------------------------------------------

    def read(self, source: Source, item: Column) -> Reading:
        """Compile the source of an item."""
        direct = self._direct(source, item)
        if direct is not None:
            return direct
        if source.first_of is not None:
            return self._first_of(source, item)
        if source.subject is not None:
            return self._subject(source)
        if source.person is not None:
            return self._person(source.person.resident_id)
        if source.const is not None:
            return self._const(source.const, item)
        if source.day is not None:
            return self._day(source.day)
        if source.row_key is not None:
            return self._row_key(source.row_key, item)
        kind: str = source.kind or item.item.identifier or ""
        if source.hmac is not None:
            return self._sealed(source, source.hmac, "hmac", kind)
        if source.mask is not None:
            return self._sealed(source, source.mask, "mask", kind or "name")
        if item.item.seal is not None and source.column is not None:
            return self._sealed(
                source, source.column, item.item.seal, kind or subjects.mask_kind(item.name)
            )
        columns, text = self._text(source)
        return self._typed(source, item, columns, text)

    def _direct(self, source: Source, item: Column) -> Reading | None:
        """A column that is stored in the item's own type, such as a Parquet file of our own form."""
        if source.column is None or source.model_fields_set != {"column"} or item.item.seal:
            return None
        if item.item.unit.endswith("cents") and not self.trusted:
            return None
        there = self.column(source.column)
        quoted, kind = self.stored[there]
        wanted = SQL_TYPES[item.kind]
        whole = wanted == "BIGINT" and kind in (
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "UTINYINT",
            "USMALLINT",
        )
        if kind != wanted and not whole:
            return None
        if kind == "VARCHAR" and not (self.trusted and self.stored_typed):
            return None
        value = f"{quoted}::BIGINT" if whole else quoted
        declared = item.item
        if item.kind is str and not (declared.codes or declared.pattern or declared.identifier):
            value = subjects.kept_text_sql(quoted, key=item.name in self.keys)
        return Reading(
            Term(value, 0), Term(f"{quoted} IS NOT NULL", 0), Term("FALSE", 0), (there,),
            {there: item.item.identifier or ""} if item.item.masked else {},
        )  # fmt: skip

    @property
    def stored_typed(self) -> bool:
        """Whether the file has types of its own, so that its texts are meant as they stand."""
        return any(kind != "VARCHAR" for _, kind in self.stored.values())

    def _text(self, source: Source) -> tuple[tuple[str, ...], Term]:
        words = source.null_words if source.null_words is not None else self.mapping.null_words
        if source.join is not None:
            columns: tuple[str, ...] = ()
            parts: list[Term] = []
            for child in source.join:
                if child.const is not None:
                    parts.append(Term(sql_text(str(child.const)), 0))
                    continue
                named, text = self._text(child.inherited(source))
                columns += named
                parts.append(self._extracted(child, text)[0])
            between = f" || {sql_text(source.with_)} || "
            return columns, self.tower.keep(between.join(part.sql for part in parts), *parts)
        if source.split is not None:
            there, text = self.raw_text(source.split)
            part = f"split_part({text.sql}, {sql_text(source.by)}, {source.part})"
            return (there,), self._nulled(self.tower.keep(f"nullif(trim({part}), '')", text), words)
        if source.column is None:
            raise ContractsError(
                "a joined part must be a column, a split or a constant.", column="join"
            )
        there, text = self.raw_text(source.column)
        return (there,), self._nulled(text, words)

    def _extracted(self, source: Source, text: Term) -> tuple[Term, bool]:
        """The text after its pattern and code table, and whether these were applied at all."""
        narrow = (
            source.half_width
            if source.half_width is not None
            else bool(source.pattern or source.codes)
        )
        if narrow or source.upper:
            text = self._half(text)
        if source.upper:
            text = self.tower.keep(f"upper({text.sql})", text)
        found = text
        if source.pattern is not None:
            found = self.tower.keep(
                f"nullif(trim(regexp_extract({found.sql}, {sql_text(source.pattern)}, 1)), '')",
                found,
            )
        if source.codes is not None:
            keys = {
                (forms.narrowed(key) if narrow else key.strip()): code
                for key, code in source.codes.items()
            }
            whens = " ".join(
                f"WHEN {sql_text(key.upper() if source.upper else key)} THEN {sql_text(code)}"
                for key, code in keys.items()
            )
            other = (
                "NULL" if source.otherwise in ("quarantine", "null") else sql_text(source.otherwise)
            )
            whole = f"CASE {found.sql} {whens} ELSE {other} END"
            found = self.tower.keep(f"CASE WHEN {found.sql} IS NOT NULL THEN {whole} END", found)
        return found, found is not text

    def _typed(self, source: Source, item: Column, columns: tuple[str, ...], text: Term) -> Reading:
        declared = item.item
        found, changed = self._extracted(source, text)
        if source.open_ended:
            listed = ", ".join(sql_text(forms.narrowed(word)) for word in source.open_ended)
            half = self._half(text)
            text = self.tower.keep(
                f"CASE WHEN {half.sql} NOT IN ({listed}) THEN {text.sql} END", half, text
            )
        if changed and source.otherwise == "null":
            text = self.tower.keep(
                f"CASE WHEN {found.sql} IS NOT NULL THEN {text.sql} END", found, text
            )
        narrow = declared.codes or declared.pattern or declared.identifier
        if item.kind is not str or (narrow and source.half_width is not False):
            found = self._half(found)
        if item.kind is str and declared.identifier:
            value = self.tower.keep(f"upper({found.sql})", found)
            if declared.identifier in OF_ORGANISATIONS:
                value = self._not_a_person(value)
        elif item.kind is str and not narrow:
            value = self.tower.keep(
                subjects.kept_text_sql(found.sql, key=item.name in self.keys), found
            )
        elif item.kind is str:
            value = found
        else:
            value = self.tower.keep(self._number(source, item, found.sql), found)
        if source.open_ended:
            value = self.tower.keep(
                f"CASE WHEN {text.sql} IS NOT NULL THEN {value.sql} END", text, value
            )
        given = self.tower.keep(f"{text.sql} IS NOT NULL", text)
        fault = self.tower.keep(f"{text.sql} IS NOT NULL AND {value.sql} IS NULL", text, value)
        personal = declared.masked or declared.identifier in _PERSONAL_KINDS
        hidden = dict.fromkeys(columns, declared.identifier or "") if personal else {}
        return Reading(value, given, fault, columns, hidden)

    def _not_a_person(self, code: Term) -> Term:
        """Mask a code that holds somebody's resident identity number, as taxpayer numbers may."""
        number = self.tower.keep(subjects.compact(code.sql), code)
        held = subjects.holds_person_sql(number.sql)
        return self.tower.keep(
            f"CASE WHEN {held} THEN xq_mask('resident_id', {number.sql}) ELSE {code.sql} END",
            number,
        )

    def _number(self, source: Source, item: Column, text: str) -> str:
        if item.kind is date:
            return forms.date_of(text, source.dates or forms.UNAMBIGUOUS, source.month)
        if item.kind is bool:
            return forms.truth_of(text, source.yes, source.no)
        if item.kind is float:
            return forms.float_of(text, source.scale)
        if item.item.unit.endswith("cents") and not self.trusted:
            return forms.cents_of(text, source.unit or "yuan", negate=source.negate)
        whole = forms.integer_of(text, source.scale)
        return f"-({whole})" if source.negate else whole

    def _first_of(self, source: Source, item: Column) -> Reading:
        readings = [self.read(child.inherited(source), item) for child in source.first_of or ()]

        def chosen(which: str, otherwise: str) -> Term:
            needs = [r.given for r in readings] + [getattr(r, which) for r in readings]
            whens = " ".join(f"WHEN {r.given.sql} THEN {getattr(r, which).sql}" for r in readings)
            return self.tower.keep(f"CASE {whens} ELSE {otherwise} END", *needs)

        given = self.tower.keep(
            " OR ".join(f"({r.given.sql})" for r in readings), *(r.given for r in readings)
        )
        columns = tuple(dict.fromkeys(column for r in readings for column in r.columns))
        hidden = {column: kind for r in readings for column, kind in r.hidden.items()}
        value = chosen("value", f"NULL::{SQL_TYPES[item.kind]}")
        return Reading(value, given, chosen("fault", "FALSE"), columns, hidden)

    def _const(self, value: object, item: Column) -> Reading:
        text = self.tower.keep(
            f"{sql_text(str(value).lower() if isinstance(value, bool) else str(value))}::VARCHAR"
        )
        if item.kind is str:
            return Reading(text, Term("TRUE", 0), Term("FALSE", 0), ())
        return self._typed(Source(const="x"), item, (), text)

    def _day(self, which: str) -> Reading:
        day = getattr(self.days, which)
        if day is None:
            raise ContractsError(
                "the mapping takes a day from the period, but no period is stated.",
                expected="a period such as 2024-05",
                hint="give --period, or period: in the mapping",
                column=which,
            )
        return Reading(Term(sql_text(day), 0), Term("TRUE", 0), Term("FALSE", 0), ())

    def _row_key(self, names: Sequence[str], item: Column) -> Reading:
        """A digest of stated columns; keyed when one is personal, as a plain one could be guessed."""
        texts = [self.raw_text(name) for name in names]
        parts = ", ".join(f"coalesce({text.sql}, '')" for _, text in texts)
        personal = self.personal & {name for name, _ in texts}
        whole = f"concat_ws(chr(31), {parts})"
        made = f"xq_hmac({whole})" if personal else f"sha256({whole})"
        digest = self.tower.keep(
            f"left({made}, {min(32, item.item.max_length or 32)})", *(text for _, text in texts)
        )
        return Reading(digest, Term("TRUE", 0), Term("FALSE", 0), tuple(name for name, _ in texts))

    # ---- subjects and sealed values ----------------------------------------------------------

    def _subject(self, source: Source) -> Reading:
        declared = source.subject
        assert declared is not None
        words = source.null_words if source.null_words is not None else self.mapping.null_words
        numbers: list[tuple[str, Term]] = []
        columns: list[str] = []
        for kind in ("uscc", "organisation_code", "registration_no", "taxpayer_no"):
            for name in getattr(declared, kind) or ():
                there, text = self.raw_text(name)
                text = self._nulled(text, words)
                numbers.append((kind, self.tower.keep(subjects.compact(text.sql), text)))
                columns.append(there)
        names: list[Term] = []
        for name in declared.name or ():
            there, text = self.raw_text(name)
            names.append(self._nulled(text, words))
            columns.append(there)
        needs = [*(term for _, term in numbers), *names]
        value = self.tower.keep(
            subjects.first_subject_sql(
                [(kind, term.sql) for kind, term in numbers], [term.sql for term in names]
            ),
            *needs,
        )
        given = self.tower.keep(" OR ".join(f"{term.sql} IS NOT NULL" for term in needs), *needs)
        fault = self.tower.keep(f"{given.sql} AND {value.sql} IS NULL", given, value)
        return Reading(value, given, fault, tuple(dict.fromkeys(columns)))

    def _person(self, name: str) -> Reading:
        there, text = self.raw_text(name)
        text = self._nulled(text, self.mapping.null_words)
        number = self.tower.keep(subjects.compact(text.sql), text)
        valid = identifier_sql.valid("resident_id", number.sql)
        value = self.tower.keep(
            f"CASE WHEN {valid} THEN 'PID-' || xq_hmac({number.sql}) END", number
        )
        given = self.tower.keep(f"{number.sql} IS NOT NULL", number)
        fault = self.tower.keep(f"{number.sql} IS NOT NULL AND {value.sql} IS NULL", number, value)
        return Reading(value, given, fault, (there,), {there: "resident_id"})

    def _sealed(self, source: Source, name: str, seal: str, kind: str) -> Reading:
        there, text = self.raw_text(name)
        words = source.null_words if source.null_words is not None else self.mapping.null_words
        text = self._nulled(text, words)
        # Files of our own form may hold sealed values: they stay, what is clear is sealed.
        form = "^[0-9a-f]{32}$" if seal == "hmac" else r"^[^*]{0,8}[*]{2,}[^*]{0,8}$"
        already = f"regexp_matches({text.sql}, '{form}')" if self.trusted else "FALSE"
        made = (
            f"xq_hmac({text.sql})" if seal == "hmac" else f"xq_mask({sql_text(kind)}, {text.sql})"
        )
        value = self.tower.keep(f"CASE WHEN {already} THEN {text.sql} ELSE {made} END", text)
        clear = self.tower.keep(f"CASE WHEN NOT {already} THEN {text.sql} END", text)
        given = self.tower.keep(f"{text.sql} IS NOT NULL", text)
        fault = self.tower.keep(f"{text.sql} IS NOT NULL AND {value.sql} IS NULL", text, value)
        return Reading(value, given, fault, (there,), {there: kind}, clear)
