"""Runs MiniStack, which saves its state when it is stopped; this adds saving on SIGUSR1."""

import os
import signal
from pathlib import Path

from ministack import app
from ministack.core.persistence import save_all


def save():
    save_all(app._build_persistence_save_dict())
    Path(os.environ["SLUICE_SAVED_MARK"]).touch()


# In the event loop, between two requests, and not in the middle of one.
signal.signal(signal.SIGUSR1, lambda *_: app._MAIN_LOOP and app._MAIN_LOOP.call_soon_threadsafe(save))
app.main()
