"""`xinqiao loop`: the loop closes over two simulated years."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(
    epilog="例 Example: `xinqiao loop --out var/loop --seed 1`, then open var/loop/loop.zh.html; "
    "`xinqiao registry history city-firm-default --workspace var/loop` tells who promoted what and why."
)
def loop(
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="输出目录 New folder: the workspace that is played in, and the page."
        ),
    ] = Path("var/loop"),
    subjects: Annotated[
        int,
        typer.Option(help="主体数 Subjects of the simulated city; 45 % are enterprises.", min=1000),
    ] = 70_000,
    seed: Annotated[int, typer.Option(help="种子 Of all random numbers.", min=0)] = 1,
    months: Annotated[int, typer.Option(help="月数 Months that are played.", min=2, max=36)] = 24,
    shock_month: Annotated[
        int, typer.Option(help="冲击月 Played month from which new loans are riskier.", min=1)
    ] = 12,
    shock: Annotated[
        float,
        typer.Option(help="冲击 By how much, in log odds of default; 0: none.", min=-5, max=5),
    ] = 1.5,
) -> None:
    """闭环演示 The loop closes, month by month (simulated data).

    真实服务评分，决定与结果回报入湖，到期成标签，每月监测，告警后重训，过关上线。
    The real service scores; decisions and outcomes come back as records and mature into labels; every month is watched;
    after a calibration alarm a model is retrained and put through the gates. Writes loop.zh.html, loop.en.html and
    loop.json. About ten minutes on two quiet cores; a folder is played in once.
    """
    from rich.console import Console

    from data_contracts.progress import bars
    from data_contracts.workspace import Workspace
    from training.loop.figures import summary
    from training.loop.page import write_story
    from training.loop.plan import Plan
    from training.loop.play import play
    from training.train_cli import told

    # Stopped by a supervisor, it takes its service with it, as on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    console = Console()
    plan = Plan(subjects, seed, months=months, shock_month=shock_month, shock=shock)
    place = Workspace(out)
    with told(console), bars(console) as progress:
        story = play(place, plan, progress)
        write_story(story, place.root)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say("模拟数据 Simulated data")
    for event in story.events:
        about = f" [{event.about}]" if event.about is not None else ""
        say(f"{event.played:>2} {event.month} {event.what}{about} {event.zh} {event.en}")
    for name, one in summary(story)["phases"].items():
        say(
            f"{name}: observed / expected {one['ratio']:.2f} [{one['ratio_low']:.2f}, {one['ratio_high']:.2f}] "
            f"({one['bads']} bad of {one['loans']:,} loans)"
        )
    say(f"{place.root}/loop.zh.html · loop.en.html · loop.json")
