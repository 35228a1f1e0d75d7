"""Params: every profile's files are valid, and what is wrong is named with its file and the nearest valid name."""

import pytest
import yaml

from llamoco_lib import params, records
from llamoco_lib.params import base

PROFILES = ("smoke", "quick", "laptop", "paper")
FOLDER = records.REPOSITORY / "params"
VALID = {
    "run_dir": "outputs/quick",
    "source_dir": "outputs/quick",
    "seed": 1,
    "jobs": 2,
    "threads": 1,
    "tuning_params": "params/quick/05_tuning.yaml",
    "seeds": [1, 2],
    "warm_up_variants": [True, False],
    "overrides": {},
}


@pytest.mark.parametrize("stage", params.STAGES)
@pytest.mark.parametrize("profile", PROFILES)
def test_file_of_every_stage_and_profile_is_valid(profile, stage):
    file = FOLDER / profile / f"{stage}.yaml"
    config = params.load(file, params.STAGES[stage])
    assert set(config.model_dump()) == set(yaml.safe_load(file.read_text()))
    assert config.run_dir == config.source_dir == f"outputs/{profile}"


def test_every_notebook_has_its_class_and_nothing_more_lies_there():
    assert list(params.STAGES) == sorted(path.stem for path in (records.REPOSITORY / "notebooks").glob("*.ipynb"))
    for profile in PROFILES:
        assert sorted(path.stem for path in (FOLDER / profile).iterdir()) == list(params.STAGES)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PROFILES)


@pytest.mark.parametrize("config_class", params.STAGES.values())
def test_classes_are_frozen_strict_and_without_defaults(config_class):
    assert issubclass(config_class, params.StageConfig)
    assert config_class.model_config["frozen"] and config_class.model_config["strict"]
    assert config_class.model_config["extra"] == "forbid"
    assert [name for name, field in config_class.model_fields.items() if not field.is_required()] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"thread": 1}, "my.yaml: unknown key 'thread'; did you mean 'threads'?"),
        ({"zzzzzz": 1}, "my.yaml: unknown key 'zzzzzz'; valid names: run_dir,"),
        ({"seed": "one"}, "my.yaml: seed = 'one' (str): Input should be a valid integer"),
        ({"seed": 1.5}, "my.yaml: seed = 1.5 (float): Input should be a valid integer"),
        ({"seed": True}, "my.yaml: seed = True (bool): Input should be a valid integer"),
        ({"seed": "1e3"}, "YAML takes 1e3 for text, write 1000.0"),
        ({"jobs": 0}, "my.yaml: jobs = 0 (int): Input should be greater than or equal to 1"),
        ({"seeds": [1]}, "my.yaml: seeds = [1] (list): List should have at least 2 items"),
        ({"seeds": [1, "b"]}, "my.yaml: seeds[1] = 'b' (str)"),
    ],
)
def test_wrong_value_is_named(change, expected):
    with pytest.raises(params.ParamsError) as refusal:
        base.validate(params.AblationsConfig, {**VALID, **change}, "my.yaml")
    assert expected in str(refusal.value)


def test_all_faults_are_listed_at_once():
    values = {name: value for name, value in VALID.items() if name not in ("seed", "jobs")}
    with pytest.raises(params.ParamsError) as refusal:
        base.validate(params.AblationsConfig, {**values, "job": 2}, "my.yaml")
    assert len(str(refusal.value).splitlines()) == 3


def test_origin_is_told_for_each_key():
    origin = {"seed": "--set 07.seed=x", "": "my.yaml"}
    with pytest.raises(params.ParamsError, match="--set 07.seed=x: seed = 'x'"):
        base.validate(params.AblationsConfig, {**VALID, "seed": "x"}, origin)


def test_namespace_of_a_notebook():
    namespace = {**VALID, "other": object(), "__name__": "__main__"}
    config = params.from_namespace(params.AblationsConfig, namespace)
    assert config.seeds == [1, 2]
    namespace.pop("seeds")
    with pytest.raises(params.ParamsError, match="the notebook's parameters cell: key 'seeds' is missing"):
        params.from_namespace(params.AblationsConfig, namespace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("- 1\n- 2\n", "expected lines of the form 'name: value', found list"), ("a: [1\n", "not valid YAML")],
)
def test_file_that_is_no_mapping(tmp_path, text, expected):
    file = tmp_path / "07_ablations.yaml"
    file.write_text(text)
    with pytest.raises(params.ParamsError) as refusal:
        params.load(file, params.AblationsConfig)
    assert str(refusal.value).startswith(str(file))
    assert expected in str(refusal.value)


def test_missing_file_names_what_is_there(tmp_path):
    (tmp_path / "05_tuning.yaml").touch()
    with pytest.raises(params.ParamsError, match="no such params file; in that folder: 05_tuning.yaml"):
        params.load(tmp_path / "06_evaluation.yaml", params.AblationsConfig)
