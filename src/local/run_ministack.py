"""Runs MiniStack, which saves its state when it is stopped; this adds saving on SIGUSR1, and the end of its functions."""

import os
import signal
from pathlib import Path

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.persistence import save_all


def save():
    save_all(app._build_persistence_save_dict())
    Path(os.environ["SLUICE_SAVED_MARK"]).touch()


# In the event loop, between two requests, and not in the middle of one.
signal.signal(signal.SIGUSR1, lambda *_: app._MAIN_LOOP and app._MAIN_LOOP.call_soon_threadsafe(save))
try:
    app.main()
finally:
    # Processes of functions that wait for their next invocation would stay behind.
    lambda_runtime.reset()
