"""The platform's own segments: thin files, enterprises by industry section and size, sole traders, farmers, persons."""

from __future__ import annotations

from collections.abc import Sequence

from data_contracts.codes.industries import industries
from models.errors import ModelsError
from models.segments.rules import Condition, Segment

SIZES = {
    "micro": ("微型", "micro"),
    "small": ("小型", "small"),
    "medium": ("中型", "medium"),
    "large": ("大型", "large"),
}


def standard_segments(
    sections: Sequence[str],
    *,
    kind: str = "kind",
    section: str = "section",
    size: str = "size_class",
    accounts: str = "credit_accounts",
    credit: Sequence[str] = (),
) -> tuple[Segment, ...]:
    """Give the rules in order, each size class on top of its section, each section on top of all enterprises.

    Parameters
    ----------
    sections
        Letters of GB/T 4754 that enterprises are told apart by, such as ``("C", "F")``.
    kind
        Column with ``enterprise``, ``sole_trader``, ``farmer`` or ``individual``.
    section, size
        Columns with the letter, and with ``micro``, ``small``, ``medium`` or ``large``.
    accounts
        Column with the number of credit accounts: none, or nothing known, is a thin file.
    credit
        Inputs made of credit records, which a thin file's own model must do without.

    Raises
    ------
    ModelsError
        When a letter is no section.
    """
    enterprise = Condition(kind, among=("enterprise",))
    found = [
        Segment(
            "thin",
            "无信贷记录",
            "Thin file (no credit history)",
            (Condition(accounts, high=0.0, missing=True),),
            without=tuple(credit),
            own=True,
        )
    ]
    for letter in sections:
        known = industries().get(letter)
        if known is None or known.level != "section":
            raise ModelsError(f"{letter!r} is no section of GB/T 4754; expected a letter A to T.")
        here = (enterprise, Condition(section, among=(letter,)))
        name = f"section_{letter.lower()}"
        found += [
            Segment(
                f"{name}_{code}",
                f"{known.name}（{zh}）",
                f"Enterprises of section {letter}, {en}",
                (*here, Condition(size, among=(code,))),
                parent=name,
            )
            for code, (zh, en) in SIZES.items()
        ]
        title = f"Enterprises of section {letter}"
        found.append(Segment(name, known.name, title, here, parent="enterprise"))
    return (
        *found,
        Segment("enterprise", "企业", "Enterprises", (enterprise,)),
        Segment(
            "sole_trader", "个体工商户", "Sole traders", (Condition(kind, among=("sole_trader",)),)
        ),
        Segment("farmer", "农户", "Farmers", (Condition(kind, among=("farmer",)),)),
        Segment("individual", "个人", "Individuals", (Condition(kind, among=("individual",)),)),
    )
