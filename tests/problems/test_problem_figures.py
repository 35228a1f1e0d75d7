import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from llamoco_lib import params, records
from llamoco_lib.figures import coverage as coverage_figure
from llamoco_lib.figures import landscapes
from llamoco_lib.figures import problems as figures
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import coverage, landscape, overview, synthesis
from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS


@pytest.fixture(scope="module")
def accepted():
    config = params.load(records.resolve("params/smoke/01_synthesis.yaml"), SynthesisConfig)
    return synthesis.synthesize_with_verdicts(config)


@pytest.fixture(scope="module")
def problems(accepted):
    return [each.problem for each in accepted]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_basic_function_has_its_panel():
    titles = [panel.get_title().split(",")[0] for panel in landscapes.basic_functions().axes]
    assert titles[: len(FUNCTIONS)] == list(FUNCTIONS)


def test_landscapes_show_both_groups_and_every_kind(problems):
    titles = " ".join(panel.get_title() for panel in landscapes.landscapes(problems).axes)
    assert all(word in titles for word in ("nc-", "c-", "basic", "composition", "hybrid"))


@pytest.mark.parametrize("count", [1, 5])
def test_landscapes_of_few_instances(problems, count):
    panels = landscapes.landscapes(problems[:count]).axes
    assert sum(bool(panel.get_title()) for panel in panels) == count


def test_distributions_label_their_axes_and_count_every_instance(problems):
    figure = figures.distributions(problems)
    panels = {panel.get_xlabel() + panel.get_ylabel(): panel for panel in figure.axes}
    assert len(panels) == 6 and all(panel.get_xlabel() and panel.get_ylabel() for panel in figure.axes)
    assert sum(bar.get_height() for bar in panels["dimension $D$instances"].patches) == len(problems)
    constraints = sum(len(problem.constraints) for problem in problems)
    assert sum(bar.get_width() for bar in panels["instancesconstraint family"].patches) == constraints
    for label, registry in (("basic function", FUNCTIONS), ("constraint family", FAMILIES)):
        assert [tick.get_text() for tick in panels[f"instances{label}"].get_yticklabels()] == list(registry)


def test_coverage_shows_every_landscape_once():
    generator = np.random.default_rng(1)
    rows = [("train", "nc-0", "basic"), ("eval", "nc-1", "hybrid"), ("realistic", "pooling", "")]
    rows += [("BBOB", str(number), "") for number in range(1, 25)]
    frame = pd.DataFrame(rows, columns=["set", "name", "kind"]).assign(dimension=generator.integers(2, 20, len(rows)))
    frame[list(landscape.NAMES)] = generator.normal(size=(len(rows), len(landscape.NAMES)))
    plane, bars = coverage_figure.coverage(frame, coverage.embedding(frame)).axes
    texts = [text.get_text() for text in plane.texts]
    assert sorted(texts) == sorted(frame["name"][frame["set"].isin(["BBOB", "realistic"])])
    markers = sum(len(points.get_offsets()) for points in plane.collections[1:])
    assert markers == 3
    assert "of the variance" in plane.get_xlabel() and "of the variance" in plane.get_ylabel()
    assert len(bars.get_yticklabels()) == len(landscape.NAMES) + 1


def test_tables_have_a_row_for_every_function_and_family():
    functions, families = overview.functions_table(["levy"]), overview.families_table(["eq_chain"])
    assert list(functions["function"]) == list(FUNCTIONS) and list(families["constraint"]) == list(FAMILIES)
    assert list(functions["function"][functions["held out"] == "held out"]) == ["levy"]
    assert list(families["constraint"][families["held out"] == "held out"]) == ["eq_chain"]
    assert functions.drop(columns="held out").all(axis=None) and families.drop(columns="held out").all(axis=None)


def test_effort_counts_kept_and_rejected(accepted):
    row = overview.effort_table(accepted, 3.0, 2).iloc[0]
    rejected = sum(len(each.rejected) for each in accepted)
    assert (row["instances kept"], row["draws rejected"]) == (len(accepted), rejected)
    assert row["an instance (ms)"] == pytest.approx(3000.0 / len(accepted))
