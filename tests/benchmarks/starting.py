"""Program start to a usable window, against a bare PySide6 window; each is a process of its own, offscreen."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RUNS = 7
BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""
OURS = """
from PySide6.QtCore import QTimer
from desktop.ui.app import start
app, window = start([])
QTimer.singleShot(0, app.quit)
app.exec()
"""


def run(folder: Path) -> dict[str, Any]:
    """Medians of seven starts of each, in turn."""
    times: dict[str, list[float]] = {BARE: [], OURS: []}
    for _ in range(RUNS + 1):
        for script, found in times.items():
            started = time.perf_counter()
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
            subprocess.run(
                [sys.executable, "-c", script], cwd=ROOT, check=True, env=environment, capture_output=True
            )
            found.append(time.perf_counter() - started)
    bare, ours = (statistics.median(times[s][1:]) for s in (BARE, OURS))
    return {"start_against_bare_window": ours / bare, "seconds": ours}
