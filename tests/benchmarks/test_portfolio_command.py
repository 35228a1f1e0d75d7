"""The command that chooses the portfolio of the reference labels."""

import json

import pandas as pd
import yaml

from benchmarks import portfolio
from llamoco_lib.optimizers import Configuration


def test_long_programs_are_left_out_and_of_long_runs_the_best_configuration_stays():
    frame = pd.DataFrame(
        [
            ("glpso", "glpso(1)", 0.1, -1.0),
            ("amcde", "amcde(1)", 0.1, -9.0),
            ("glpso", "glpso(2)", 0.3, -3.0),
            ("cobyla", "cobyla(1)", 2.0, -1.0),
            ("cobyla", "cobyla(2)", 2.0, -2.0),
            ("slsqp", "slsqp(1)", 0.1, 0.0),
        ],
        columns=["optimizer", "configuration", "seconds", "log_regret"],
    )
    assert portfolio.length("dual_annealing") < portfolio.length("glpso") < portfolio.length("amcde")
    assert portfolio.allowed(frame, 900, 0.5) == ["glpso(1)", "glpso(2)", "cobyla(2)", "slsqp(1)"]
    assert portfolio.allowed(frame, 900, 0.15) == ["glpso(2)", "cobyla(2)", "slsqp(1)"]
    assert portfolio.allowed(frame, 100, 9.0) == []


def test_the_command_prints_a_portfolio_of_the_grid(monkeypatch, capsys):
    monkeypatch.setattr(portfolio, "SIZES", {"unconstrained": 2, "constrained": 2})
    settings = [
        "unconstrained=[samr_ga, dual_annealing]",
        "constrained=[multistart_slsqp]",
        "granularity=small",
        "sample_seeds=1",
        "jobs=1",
    ]
    arguments = ["portfolio", "--profile", "smoke", "--instances", "2", "--sample", "1", "--budgets", "60"]
    arguments += ["--dimension-max", "4", *(part for text in settings for part in ("--set", text))]
    monkeypatch.setattr("sys.argv", arguments)
    portfolio.main()
    *lines, last = capsys.readouterr().out.strip().splitlines()
    printed = yaml.safe_load("\n".join(line for line in lines if "units done" not in line))
    assert {group: len(keys) for group, keys in printed.items()} == {"unconstrained": 2, "constrained": 2}
    found = {Configuration.parse(key).optimizer for keys in printed.values() for key in keys}
    assert found <= {"samr_ga", "dual_annealing", "multistart_slsqp"}
    assert len(json.loads(last)["mean_log_regret_of_best"]["unconstrained"]) == 2
