import matplotlib.pyplot as plt
import pytest

from llamoco_lib import params, records
from llamoco_lib.figures import problems as figures
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import synthesis
from llamoco_lib.problems.functions import FUNCTIONS


@pytest.fixture(scope="module")
def problems():
    config = params.load(records.resolve("params/smoke/01_synthesis.yaml"), SynthesisConfig)
    return synthesis.synthesize(config)[0]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_basic_function_has_its_panel():
    titles = [panel.get_title() for panel in figures.basic_functions().axes]
    assert set(FUNCTIONS) <= set(titles)


def test_landscapes_show_both_groups_and_every_kind(problems):
    titles = " ".join(panel.get_title() for panel in figures.landscapes(problems).axes)
    assert all(word in titles for word in ("nc-", "c-", "basic", "composition", "hybrid"))


@pytest.mark.parametrize("count", [1, 5])
def test_landscapes_of_few_instances(problems, count):
    panels = figures.landscapes(problems[:count]).axes
    assert sum(bool(panel.get_title()) for panel in panels) == count


def test_distributions_label_their_axes_and_count_every_instance(problems):
    figure = figures.distributions(problems)
    assert len(figure.axes) == 6
    assert all(panel.get_xlabel() and panel.get_ylabel() for panel in figure.axes)
    heights = sum(patch.get_height() for patch in figure.axes[0].patches)
    assert heights == len(problems)
