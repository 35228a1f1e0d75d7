"""The named pools: the paper's 23 optimizers, these with ours, and the portfolio of the reference labels."""

import pytest
import yaml

from llamoco_lib.benchmark.plan import configurations
from llamoco_lib.optimizers import POOLS, Configuration, members, names, optimizer, pools
from llamoco_lib.problems.spec import GROUPS


def test_the_papers_pool_and_the_extended_one():
    paper = [name for group in GROUPS for name in members("paper", group)]
    extended = [name for group in GROUPS for name in members("extended", group)]
    assert len(paper) == 23 and sorted(extended) == names()
    assert {name for name in extended if name not in paper} == {"multistart_l_bfgs_b", "multistart_slsqp"}
    for group in GROUPS:
        assert {optimizer(name).group for name in members("extended", group)} == {group}


@pytest.mark.parametrize("group", GROUPS)
def test_the_portfolio_holds_configurations_of_its_group_each_once(group):
    keys = members("portfolio", group)
    assert [Configuration.parse(key).key for key in keys] == keys
    assert len(set(keys)) == len(keys) >= 8
    assert [each.key for each in configurations(["portfolio"], group, "normal")] == keys


def test_other_names_stand_for_themselves():
    assert members("glpso", "unconstrained") == ["glpso"]
    assert members("glpso(NP=20)", "unconstrained") == ["glpso(NP=20)"]
    assert not set(POOLS) & set(names())


def test_a_pool_and_an_optimizer_of_it_count_once(tmp_path, monkeypatch):
    file = tmp_path / "portfolio.yaml"
    file.write_text(yaml.safe_dump({"unconstrained": ["glpso(NP=20)"], "constrained": []}))
    monkeypatch.setattr(pools, "PORTFOLIO", file)
    found = configurations(["portfolio", "glpso(NP=20)", "samr_ga"], "unconstrained", "default")
    assert [each.optimizer for each in found] == ["glpso", "samr_ga"]
