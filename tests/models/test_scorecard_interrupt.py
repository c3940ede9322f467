"""A Ctrl-C that comes after a scorecard was fitted reaches Python, not the solver's default."""

from __future__ import annotations

import os
import signal

import numpy as np
import pandas as pd
import pytest

from models.schema import Field, Schema
from models.scorecard import fit_scorecard


def test_ctrl_c_after_a_fit_is_an_interrupt_and_does_not_end_the_process() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=400)
    bad = (x + random.normal(size=400) > 1).astype(int)
    field = Field("x", "number", "甲", "x", direction=1)
    fit_scorecard(pd.DataFrame({"x": x}), bad, Schema((field,)))
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
