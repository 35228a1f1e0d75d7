"""A few pairs and tiny models for the tests of this room: all of it made here, in a second."""

import pandas as pd
import pytest
import torch
from transformers import (
    CodeGenConfig,
    CodeGenForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PhiConfig,
    PhiForCausalLM,
)

from llamoco_lib.training import backbones

PROGRAMS = {
    "alpha": "DIM = {d}\n\n\ndef optimize(objective, constraints, seed):\n    return [0.0] * DIM\n",
    "beta": "DIM = {d}\n\n\ndef optimize(objective, constraints, seed):\n    return [1.0] * DIM\n",
    "gamma": "DIM = {d}\n\n\ndef optimize(objective, constraints, seed):\n    return [0.5] * DIM\n",
}
INSTANCES = {"alpha": 6, "beta": 3, "gamma": 1}  # train instances of each optimizer
SHAPE = {"vocab_size": backbones.TINY_VOCABULARY, "bos_token_id": 0, "eos_token_id": 0}


def rows_of(optimizer, number, split, writings):
    """The pairs of one instance."""
    problem = f"{split}-{optimizer}-{number}"
    d = 2 + number
    return [
        {
            "pair_id": f"{problem}/{i}",
            "problem_id": problem,
            "group": "unconstrained" if optimizer == "alpha" else "constrained",
            "split": split,
            "optimizer": optimizer,
            "prompt": f"Write a program to minimize {optimizer} f(x) = {number} {'x ' * (1 + i)}\nDimension: {d}",
            "program": PROGRAMS[optimizer].format(d=d),
        }
        for i in range(writings)
    ]


@pytest.fixture(scope="session")
def pairs():
    """Three optimizers with 6, 3 and 1 train instances of 2 to 4 writings each, and an eval instance of each."""
    rows = []
    for optimizer, count in INSTANCES.items():
        for number in range(count):
            rows += rows_of(optimizer, number, "train", 2 + number % 3)
        rows += rows_of(optimizer, 9, "eval", 2)
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def texts(pairs):
    return [*pairs["prompt"], *pairs["program"]]


@pytest.fixture
def tiny(texts):
    """A fresh tiny Llama in float32 and its tokenizer."""
    return backbones.load_backbone(backbones.TINY, texts, seed=0, number_format="fp32")


@pytest.fixture
def source_dir(tmp_path, pairs):
    """A run folder with the instruction set in it."""
    (tmp_path / "03_augmentation").mkdir()
    pairs.to_parquet(tmp_path / "03_augmentation" / "pairs.parquet")
    return tmp_path


def _small(kind):
    torch.manual_seed(0)
    if kind == "codegen":
        return CodeGenForCausalLM(
            CodeGenConfig(n_embd=32, n_layer=2, n_head=4, rotary_dim=4, n_positions=512, **SHAPE)
        )
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, **SHAPE}
    if kind == "phi":
        return PhiForCausalLM(PhiConfig(**shape))
    return LlamaForCausalLM(LlamaConfig(num_key_value_heads=2, **shape))


@pytest.fixture(params=["codegen", "phi", "llama"])
def local_backbone(request, tmp_path, texts):
    """The folder of a tiny model of another kind with random weights, as ``from_pretrained`` reads it."""
    _, tokenizer = backbones.load_backbone(backbones.TINY, texts, seed=0)
    folder = tmp_path / request.param
    _small(request.param).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def warm_up_values(source_dir, **changes):
    """Parameters of stage 04 for a tiny run."""
    return {
        "run_dir": str(source_dir),
        "source_dir": str(source_dir),
        "seed": 3,
        "jobs": 1,
        "backbone": backbones.TINY,
        "prune_vocabulary": True,
        "precision": "fp32",
        "method": "full",
        "lora_rank": 4,
        "lora_alpha": 8.0,
        "lora_dropout": 0.0,
        "epochs": 1.0,
        "max_steps": 4,
        "batch_size": 2,
        "learning_rate": 0.1,
        "momentum": 0.0,
        "margin": 0.3,
        "max_gradient_norm": 1.0,
        "balanced": True,
        "max_tokens": 200,
        "log_steps": 1,
        "checkpoint_steps": 0,
        "latent_problems": 3,
    } | changes


def tuning_values(source_dir, **changes):
    """Parameters of stage 05 for a tiny run."""
    own = {
        "warm_up": False,
        "accumulation": 1,
        "learning_rate": 0.003,
        "learning_rate_steps": 1,
        "schedule": "linear",
        "weight_decay": 0.01,
        "beta2": 0.98,
        "homogeneous": True,
        "max_tokens": 400,
        "max_steps": 6,
        "eval_pairs": 2,
        "groups": ["unconstrained", "constrained"],
        "curve_points": 2,
        "curve_problems": 1,
        "curve_seeds": 1,
        "max_new_tokens": 16,
        "generation_batch": 2,
        "wall_seconds": 5.0,
        "memory_megabytes": 512,
        "allow_unconfined": False,
    }
    shared = warm_up_values(source_dir)
    for name in ("momentum", "margin", "latent_problems"):
        del shared[name]
    return shared | own | changes
