"""Ctrl-C stays Python's: OR-Tools, below optbinning, leaves the process without its handler when a solve ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Let Ctrl-C wait while a solver runs in the block, and give Python its handler back.

    Only the main thread may set handlers, and only it is interrupted; elsewhere nothing is done. Without this the next
    Ctrl-C would end the process at once, with nothing cleaned up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
