"""`xinqiao loop`: the loop closes over two simulated years."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(epilog="例 Example: `xinqiao loop --workspace var/loop --subjects 20000 --seed 1`")
def loop(
    workspace: Annotated[
        Path, typer.Option("--workspace", help="工作区 New folder that everything lands in.")
    ] = Path("var/loop"),
    subjects: Annotated[
        int, typer.Option(help="主体数 Subjects of the simulated city.", min=1000)
    ] = 20_000,
    seed: Annotated[int, typer.Option(help="种子 Of all random numbers.", min=0)] = 1,
    history: Annotated[
        int, typer.Option(help="历史月数 Months before the first model.", min=12, max=60)
    ] = 42,
    months: Annotated[int, typer.Option(help="月数 Months that are played.", min=2, max=48)] = 24,
    shock_month: Annotated[
        int, typer.Option(help="冲击月 Played month from which new loans are riskier.", min=1)
    ] = 12,
    shock: Annotated[float, typer.Option(help="冲击 By how much, in log odds of default.")] = 1.5,
) -> None:
    """闭环演示（模拟数据） Decide, report, watch, retrain and promote, month by month (simulated data)."""
    from rich.console import Console

    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from training.loop.page import summary, write_story
    from training.loop.play import Plan, play
    from training.train_cli import told

    console = Console()
    plan = Plan(
        subjects=subjects,
        seed=seed,
        history=history,
        months=months,
        shock_month=shock_month,
        shock=shock,
    )
    place = Workspace(workspace)
    with told(console), bars(console) as progress:
        story = play(place, plan, progress)
        write_story(story, place.root)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say("模拟数据 Simulated data")
    for event in story.events:
        about = f" [{event.about}]" if event.about else ""
        say(f"{event.month} {event.what} {event.zh} {event.en}{about}")
    for one in summary(story):
        say(
            f"{one['phase']}: observed {one['observed']:.2%}, predicted {one['predicted']:.2%} "
            f"({one['loans']:,} loans of {one['months']} months)"
        )
    say(f"{place.root}/loop.zh.html · loop.en.html · loop.json")
