"""`xinqiao contracts`: the catalogue, and files taken in."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from data_contracts.intake.cli import batches, feedback, intake, reviews, waive
from data_contracts.terminal import told

if TYPE_CHECKING:
    from data_contracts.contract import SubjectKind
    from data_contracts.export.files import Format

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Contracts, intake and the shipped portfolios."
)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the deployment; made if absent.")
]
_DEFAULT = Path("var/demo")


@app.command("list")
def list_contracts(
    supplier: Annotated[
        str | None, typer.Option(help="Only contracts whose supplier's name has this part.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            help="Only records about: enterprise, sole_trader, farmer, individual, institution."
        ),
    ] = None,
    personal: Annotated[
        bool | None,
        typer.Option("--personal/--no-personal", help="Only (no) personal information."),
    ] = None,
) -> None:
    """List the contracts by room and catalogue id, and the portfolios."""
    with told() as console:
        from typing import get_args

        from data_contracts.catalogue import CONTRACTS
        from data_contracts.contract import SubjectKind
        from data_contracts.errors import ContractsError
        from data_contracts.export.terminal import MARKS, chosen, list_tables

        if subject is not None and subject not in get_args(SubjectKind):
            raise ContractsError(
                f"there is no kind of subject {subject!r}.",
                expected=", ".join(get_args(SubjectKind)),
            )
        found = chosen(CONTRACTS, supplier, cast("SubjectKind | None", subject), personal)
        for table in list_tables(found):
            console.print(table)
        console.print(
            f"{len(found)} of {len(CONTRACTS)} contracts; {MARKS}", style="dim", highlight=False
        )
        if supplier is None and subject is None and personal is None:
            console.print(_portfolios())


def _portfolios() -> Any:
    from rich.table import Table

    from data_contracts.portfolios import PORTFOLIOS

    table = Table(title="数据组合 Portfolios", title_justify="left")
    for name in ("name", "标题", "title", "source", "licence", "contracts"):
        table.add_column(name, overflow="fold")
    for found in PORTFOLIOS.values():
        table.add_row(
            found.name, found.title_zh, found.title_en, found.source_en, found.licence,
            ", ".join(found.contracts),
        )  # fmt: skip
    return table


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a contract, see `list`.")],
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema instead.")
    ] = False,
) -> None:
    """Show a contract: who sends it, its items, their constraints and the rules of the intake."""
    with told() as console:
        from data_contracts.catalogue import contract
        from data_contracts.export.terminal import show_blocks

        found = contract(name)
        if json_schema:
            console.print_json(data=found.json_schema(), ensure_ascii=False)
            return
        about = found.about
        title = f"{about.name} {about.version} · {about.title_zh} {about.title_en}"
        console.print(title, style="bold", markup=False, highlight=False)
        if found.__doc__:
            console.print(" ".join(found.__doc__.split()), markup=False, highlight=False)
        for block in show_blocks(found):
            console.print(block)


@app.command()
def export(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names of contracts; all if absent.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="odcs, json-schema, html or all.")] = "all",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("var/contracts"),
    published: Annotated[
        bool,
        typer.Option(
            "--published",
            help="Write the ODCS files that come with the house; a breaking change needs a new "
            "major version.",
        ),
    ] = False,
) -> None:
    """Write contracts as ODCS 3 YAML, JSON Schema and a catalogue page in both languages."""
    with told() as console:
        from data_contracts.catalogue import all_contracts, contract
        from data_contracts.export.files import export_files
        from data_contracts.export.published import publish

        found = [contract(name) for name in names or all_contracts()]
        if published:
            changed = publish(found)
            console.print(
                f"{len(found)} contracts, {len(changed)} published files changed", highlight=False
            )
            return
        files = export_files(found, out, cast("Format", form))
        console.print(f"{out}: {len(files)} files of {len(found)} contracts", highlight=False)


@app.command()
def verify(workspace: WorkspaceOption = _DEFAULT) -> None:
    """Check that every file of the record lake is as it was committed."""
    with told() as console:
        from data_contracts.errors import ContractsError
        from data_contracts.intake.lake import Lake
        from data_contracts.workspace import Workspace

        lake = Lake(Workspace(workspace).lake_dir)
        found = lake.verify()
        for problem in found:
            console.print(problem, style="red", markup=False, highlight=False)
        if found:
            raise ContractsError(
                f"{len(found)} files of the lake are not as they were committed.",
                hint="restore them from a backup; what was taken in is never altered (REG-33)",
            )
        console.print(f"{len(lake.commits())} commits are whole 完好", highlight=False)


@app.command()
def sample(
    source: Annotated[Path, typer.Argument(help="Full file of the sba portfolio.")],
    out: Annotated[Path, typer.Argument(help="Parquet file to write.")],
    max_bytes: Annotated[int, typer.Option(min=1, help="Largest size of the sample.")] = 2_000_000,
) -> None:
    """Draw the sample of sba that is shipped: as many loans as fit a size, chosen by hash."""
    with told() as console:
        from data_contracts.portfolios.sampling import write_sample

        with console.status("trying sizes") as status:
            loans = write_sample(
                source,
                out,
                max_bytes,
                lambda tried, size: status.update(f"{tried:,} loans take {size:,} bytes"),
            )
        console.print(f"{out}: {loans:,} loans, {out.stat().st_size:,} bytes", highlight=False)


for _command in (intake, feedback, batches, reviews, waive):
    app.command()(_command)
# The acceptance is a part of its own, which a deployment may leave out.
if (Path(__file__).parent / "acceptance" / "cli.py").is_file():
    app.command("accept")(importlib.import_module("data_contracts.acceptance.cli").accept)
