"""Progress lines, on a clock that the test moves."""

import io

import pytest

from llamoco_lib.pipeline.progress import Progress, duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (754, "12 min 34 s"), (7500, "2 h 05 min")],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_log_says_where_it_is_and_what_is_left():
    now, stream = [0.0], io.StringIO()
    progress = Progress(["01_a", "02_b"], {"01_a": [2.0, 100.0, 20.0], "02_b": [60.0]}, stream, lambda: now[0])
    progress.start("01_a", "it has not run yet")
    progress.event({"event": "cell", "cell": 1, "cells": 3})
    now[0] = 10.0
    progress.event({"event": "cell", "cell": 2, "cells": 3})
    progress.event({"event": "output", "text": "step 5 of 40"})
    progress.event({"event": "tick"})
    now[0] = 40.0
    progress.event({"event": "tick"})
    progress.done("01_a", 120.0)
    progress.skip("02_b", "unchanged")
    assert stream.getvalue().splitlines() == [
        "[1/2] 01_a  runs: it has not run yet",
        "[1/2] 01_a  cell 2/3, 10 s; left: about 2 min 00 s, then 1 stage of about 1 min 00 s if all run",
        "[1/2] 01_a  cell 2/3, 40 s; left: about 1 min 30 s, then 1 stage of about 1 min 00 s if all run"
        " | step 5 of 40",
        "[1/2] 01_a  done in 2 min 00 s; left: 1 stage of about 1 min 00 s if all run",
        "[2/2] 02_b  skipped: unchanged",
    ]


def test_first_run_says_that_it_cannot_know():
    now, stream = [0.0], io.StringIO()
    progress = Progress(["01_a", "02_b"], {}, stream, lambda: now[0])
    progress.start("01_a", "it has not run yet")
    now[0] = 31.0
    progress.event({"event": "tick"})
    assert "starting, 31 s; left: not known on a first run" in stream.getvalue()


def test_terminal_renews_one_line(monkeypatch):
    monkeypatch.setattr("os.get_terminal_size", lambda descriptor: type("Size", (), {"columns": 30})())
    stream = Terminal()
    stream.fileno = lambda: 1
    progress = Progress(["01_a"], {}, stream, lambda: 0.0)
    progress.start("01_a", "forced")
    progress.event({"event": "cell", "cell": 1, "cells": 9})
    progress.event({"event": "tick"})
    last = stream.getvalue().split("\n")[-1]
    assert last.count("\r\x1b[K") == 2
    assert all(len(part) < 30 for part in last.split("\r\x1b[K"))
