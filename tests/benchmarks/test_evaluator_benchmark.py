import pandas as pd

from benchmarks import evaluator


def test_medians_are_of_the_calls_taken_in_turns():
    order = []
    calls = {"a": lambda: order.append("a") or sum(range(200_000)), "b": lambda: order.append("b")}
    seconds = evaluator.medians(calls, repeats=2)
    assert 0.0 < seconds["b"] < seconds["a"]
    turns = "".join(order).replace("bb", "b").split("a")
    assert len([turn for turn in turns if "b" in turn]) >= 2


def test_summary_is_by_library_and_dimension():
    rows = [("x", 10, "f", 3.0), ("x", 10, "g", 1.0), ("x", 50, "f", 2.0), ("y", 10, "f", 5.0)]
    table = pd.DataFrame(rows, columns=["library", "D", "function", "ratio"])
    assert evaluator.summary(table) == {
        "x": {"10": {"min": 1.0, "median": 2.0, "worst": "g"}, "50": {"min": 2.0, "median": 2.0, "worst": "f"}},
        "y": {"10": {"min": 5.0, "median": 5.0, "worst": "f"}},
    }


def test_every_comparison_runs(monkeypatch):
    for name in evaluator.THREADS:
        monkeypatch.setenv(name, "1")
    table = evaluator.compare([2], 3, 1, ("bent_cigar",), (("sphere", False), ("rastrigin", True)))
    assert table["library"].tolist() == ["opfunu", "opfunu, numba", "opfunu, numba, batch", "ioh", "ioh"]
    assert (table[["ours [us]", "theirs [us]", "ratio"]] > 0).all().all()
