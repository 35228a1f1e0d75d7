"""What is written for IOHanalyzer says what the runs say, in the layout of ioh's own logger."""

import json
import math
import re
import zipfile
from pathlib import Path

import ioh
import numpy as np
import pandas as pd
import pytest

from llamoco_lib.benchmark.ioh_export import export, folder_name
from llamoco_lib.optimizers import grid, pool
from llamoco_lib.problems.counting import trace_fes

F_STAR = {"p-0": 0.0, "p-1": -3.0, "p-4": 0.0}
GA, DE = "samr_ga(NP=50,SIGMA=0.1,META=2.0,ELITE=0.5)", "vanilla_de(STRATEGY='rand1bin',POPSIZE=5,F=0.5,CR=0.9)"


def run(problem, configuration, purpose, repetition, changes, budget=150, fes=None, status="ok"):
    """A row of runs.parquet whose best feasible value takes each value of ``changes`` at that place of the trace."""
    trace = [math.inf] * len(trace_fes(budget))
    for place, value in changes.items():
        trace[place:] = [value] * (len(trace) - place)
    return {
        "problem_id": problem,
        "optimizer": configuration.split("(")[0],
        "configuration": configuration,
        "purpose": purpose,
        "repetition": repetition,
        "fes": budget if fes is None else fes,
        "status": status,
        "trace": trace,
    }


@pytest.fixture
def runs():
    return pd.DataFrame(
        [
            run("p-0", GA, "label", 1, {0: 90.0, 5: 2.5}),
            run("p-0", GA, "label", 0, {0: 700.25, 3: 70.5, 7: 1e-12, 9: 0.0}),
            run("p-0", DE, "label", 0, {0: 80.0, 4: 8.0}, budget=60),
            run("p-0", DE, "label", 1, {0: 80.0, 4: 8.0}, budget=60, status="failed", fes=20),
            run("p-1", GA, "label", 0, {6: 900.0, 8: -2.0}, fes=trace_fes(150)[8] - 1),
            run("p-1", GA, "label", 1, {}, fes=0, status="failed"),
            run("p-1", GA, "reference", 0, {0: -3.0}, budget=1500),
            run("p-4", GA, "label", 0, {0: 5.0}),
            run("p-4", GA, "score", 0, {0: 6.0, 2: 1.0 / 3.0}),
            run("p-4", DE, "score", 0, {}),  # no cap
        ]
    )


@pytest.fixture
def labels():
    return pd.DataFrame({"problem_id": list(F_STAR), "f0": 500.0, "f_star": list(F_STAR.values())})


def parsed(tree: Path) -> dict:
    """Every run by (algorithm, function id, function, dimension, place), as (FEs, values); strict on the layout."""
    found = {}
    seen = set()
    for meta_file in sorted(tree.glob("*/*.json")):
        meta = json.loads(meta_file.read_text())
        stem = f"f{meta['function_id']}_{meta['function_name']}"
        assert meta_file.name == f"IOHprofiler_{stem}.json" and meta["maximization"] is False
        assert meta["attributes"] == ["evaluations", "raw_y"]
        (scenario,) = meta["scenarios"]
        assert scenario["path"] == f"data_{stem}/IOHprofiler_f{meta['function_id']}_DIM{scenario['dimension']}.dat"
        data = meta_file.parent / scenario["path"]
        seen |= {meta_file, data}
        first, *blocks = data.read_text().split("evaluations raw_y\n")
        assert first == "" and len(blocks) == len(scenario["runs"])
        for place, (block, told) in enumerate(zip(blocks, scenario["runs"], strict=True)):
            assert re.fullmatch(r"(\d+ \S+\n)+", block)
            table = np.array([line.split(" ") for line in block.splitlines()], float)
            fes, values = table[:, 0].astype(int), table[:, 1]
            assert fes[0] == 1 and (np.diff(fes) > 0).all() and fes[-1] == told["evals"]
            assert (np.diff(values[:-1]) < 0).all() and values[-1] <= values[:-1].min(initial=np.inf)
            assert told["best"]["y"] == values.min() > 0.0
            assert told["best"]["evals"] == fes[values.argmin()]
            function = (meta["function_id"], meta["function_name"], scenario["dimension"])
            found[meta["algorithm"]["name"], *function, place] = (fes.tolist(), values.tolist())
    assert seen == {file for file in tree.rglob("*") if file.is_file()}
    return found


def test_what_is_read_back_equals_the_runs(runs, labels, problems, tmp_path):
    at = trace_fes(150)
    export(runs, problems, labels, tmp_path, {"vanilla_de": 60})
    assert parsed(tmp_path / "ioh_analyzer") == {
        (GA, 1, "p-0", 2, 0): ([1, at[3], at[7], 150], [700.25, 70.5, 5e-6, 5e-6]),  # 1e-8 of f0 - f* at least
        (GA, 1, "p-0", 2, 1): ([1, at[5], 150], [90.0, 2.5, 2.5]),
        (DE, 1, "p-0", 2, 0): ([1, trace_fes(60)[4], 60], [80.0, 8.0, 8.0]),
        (DE, 1, "p-0", 2, 1): ([1, 20], [700.25, 700.25]),  # failed: the worst that any run began with
        (GA, 2, "p-1", 3, 0): ([1, at[8] - 1], [903.0, 1.0]),  # ended between two FEs of the trace
        (GA, 2, "p-1", 3, 1): ([1], [903.0]),
        (GA, 5, "p-4", 6, 0): ([1, at[2], 150], [6.0, 1.0 / 3.0, 1.0 / 3.0]),  # score runs where there are some
        (DE, 5, "p-4", 6, 0): ([1, 150], [500.0, 500.0]),  # no feasible point: f0, as it is the worst here
    }


def test_runs_without_a_trace_are_left_out(runs, labels, problems, tmp_path):
    rest = runs[(runs["problem_id"] == "p-4") & (runs["configuration"] == GA)]
    bare = runs[runs["problem_id"] == "p-1"].assign(trace=[[]] * 3)
    export(pd.concat([bare, rest]), problems, labels, tmp_path, {})
    assert [key[1] for key in parsed(tmp_path / "ioh_analyzer")] == [5]
    with pytest.raises(ValueError, match="none of the 3 runs has a trace"):
        export(bare, problems, labels, tmp_path, {})


def test_real_runs_can_be_followed_along_their_traces(config, problems, tmp_path):
    from llamoco_lib.benchmark.stage import benchmark

    files = benchmark(config)
    runs, labels = pd.read_parquet(files["runs"]), pd.read_parquet(files["labels"])
    export(runs, problems, labels, tmp_path, config.fes_caps)
    found = parsed(tmp_path / "ioh_analyzer")
    known = labels.set_index("problem_id")
    chosen = runs[runs["purpose"] == np.where(runs["split"] == "train", "label", "score")]
    assert len(found) == len(chosen)
    functions = {problem.id: (place, problem) for place, problem in enumerate(problems, start=1)}
    followed = 0
    for row in chosen.itertuples():
        place, problem = functions[row.problem_id]
        fes, values = found[row.configuration, place, problem.id, problem.dimension, row.repetition]
        assert fes[-1] == row.fes and row.status == "ok"
        f_star = known.loc[row.problem_id, "f_star"]
        cap = problem.budget if row.purpose == "score" else config.fes_caps.get(row.optimizer, problem.budget)
        checkpoints = trace_fes(min(problem.budget, cap))
        for checkpoint, best in zip(checkpoints, row.trace, strict=True):
            if np.isfinite(best):
                read = values[np.searchsorted(fes, checkpoint, side="right") - 1]
                assert read == max(best - f_star, 1e-8 * (known.loc[row.problem_id, "f0"] - f_star))
                followed += 1
    assert followed > 500


def test_the_layout_is_that_of_the_logger_of_ioh(runs, labels, problems, tmp_path):
    logger = ioh.logger.Analyzer(root=str(tmp_path), folder_name="theirs", algorithm_name="random")
    sphere = ioh.get_problem(1, 1, 2, ioh.ProblemClass.BBOB)
    sphere.attach_logger(logger)
    for point in np.random.default_rng(1).uniform(-5, 5, (20, 2)):
        sphere(point)
    sphere.reset()
    logger.close()
    export(runs, problems, labels, tmp_path, {"vanilla_de": 60})

    def layout(value):
        if isinstance(value, dict):
            return {name: layout(inner) for name, inner in value.items() if name != "x"}  # positions: not kept
        return [layout(value[0])] if isinstance(value, list) else type(value).__name__

    def described(folder):
        (meta_file,) = folder.glob("IOHprofiler_f1_*.json")
        meta = json.loads(meta_file.read_text())
        path = meta["scenarios"][0]["path"]
        header = (folder / path).read_text().splitlines()[0]
        names = [name.replace(meta["function_name"], "NAME") for name in (meta_file.name, path)]
        return layout(meta), names, header

    assert described(tmp_path / "ioh_analyzer" / folder_name(GA)) == described(tmp_path / "theirs")


def test_archive_holds_the_tree_and_equal_runs_give_equal_bytes(runs, labels, problems, tmp_path):
    for name in ("one", "two"):
        archive = export(runs, problems, labels, tmp_path / name, {"vanilla_de": 60})
        assert archive == tmp_path / name / "ioh_analyzer.zip"
    assert archive.read_bytes() == (tmp_path / "one" / "ioh_analyzer.zip").read_bytes()
    with zipfile.ZipFile(archive) as handle:
        handle.extractall(tmp_path / "unpacked")
    assert parsed(tmp_path / "unpacked") == parsed(tmp_path / "two" / "ioh_analyzer")
    export(runs[runs["configuration"] == GA], problems, labels, tmp_path / "two", {})
    assert [path.name for path in (tmp_path / "two" / "ioh_analyzer").iterdir()] == [folder_name(GA)]
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == ["ioh_analyzer", "ioh_analyzer.zip"]


def test_runs_that_do_not_fit_are_named(runs, labels, problems, tmp_path):
    with pytest.raises(ValueError, match=r"vanilla_de.*p-0.*fes_caps"):
        export(runs, problems, labels, tmp_path, {})
    with pytest.raises(ValueError, match="'p-1'.*among the labels"):
        export(runs, problems, labels[labels["problem_id"] != "p-1"], tmp_path, {"vanilla_de": 60})
    with pytest.raises(ValueError, match="'p-4'.*among the problems"):
        export(runs, problems[:2], labels, tmp_path, {"vanilla_de": 60})
    assert not any(tmp_path.glob("*ioh_analyzer*")), "half an export is left"


def test_every_configuration_has_a_folder_of_its_own():
    names = [folder_name(c.key).casefold() for entry in pool() for c in grid(entry, "double")]
    assert len(set(names)) == len(names) > 4000
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.=_+-]{0,199}", name) for name in names)


def test_the_reader_of_ioh_reads_it(runs, labels, problems, tmp_path):
    reader = pytest.importorskip("iohinspector")
    export(runs, problems, labels, tmp_path, {"vanilla_de": 60})
    data = reader.DataManager()
    data.add_folder(str(tmp_path / "ioh_analyzer"))
    table = data.load(monotonic=False, include_meta_data=True).to_pandas()
    read = {
        key: (own["evaluations"].tolist(), own["raw_y"].tolist())
        for key, own in table.groupby(["algorithm_name", "function_id", "function_name", "dimension", "run_id"])
    }
    assert read == {(*key, place + 1): run for (*key, place), run in parsed(tmp_path / "ioh_analyzer").items()}
