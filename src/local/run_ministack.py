"""Runs MiniStack, which saves its state when it is stopped; this adds saving on SIGUSR1, and how its functions end."""

import os
import signal
import threading
import time
from pathlib import Path

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.persistence import save_all

LOOK_SECONDS = 0.05


def save():
    save_all(app._build_persistence_save_dict())
    Path(os.environ["SLUICE_SAVED_MARK"]).touch()


kill_now = lambda_runtime.kill_workers
# Workers of code that was deployed over while they were busy.
ending = []


def kill_when_idle(workers):
    """Lets an invocation end on the code that it began with, as on AWS: MiniStack kills what a deployment replaces."""
    kill_now([each for each in workers if not each.in_use])
    for worker in [each for each in workers if each.in_use]:
        ending.append(worker)
        threading.Thread(target=kill_after_use, args=(worker,), daemon=True).start()


def kill_after_use(worker):
    # No invocation takes longer than its function may.
    end = time.monotonic() + float(worker.config.get("Timeout", 30))
    while worker.in_use and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    kill_now([worker])
    ending.remove(worker)


lambda_runtime.kill_workers = kill_when_idle

# In the event loop, between two requests, and not in the middle of one.
signal.signal(signal.SIGUSR1, lambda *_: app._MAIN_LOOP and app._MAIN_LOOP.call_soon_threadsafe(save))
try:
    app.main()
finally:
    # Processes of functions that wait for their next invocation would stay behind.
    lambda_runtime.kill_workers = kill_now
    kill_now(list(ending))
    lambda_runtime.reset()
