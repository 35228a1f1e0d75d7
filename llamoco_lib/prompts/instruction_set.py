"""The instruction set I: pairs of prompt and program, their split, the drop rule and its counts (paper 3.1).

Every instance owns several pairs, one a writing, all with its label's program. Split by problem, no instance is
in train and eval both; split by pair, as in the paper, most eval instances have been seen in training, which
``leak`` measures. This module knows nothing of models but for the lengths that a tokenizer gives.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from llamoco_lib import seeds
from llamoco_lib.optimizers import Configuration, program
from llamoco_lib.params.augmentation import AugmentationConfig
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import template, writings

COLUMNS = [
    "pair_id",
    "problem_id",
    "group",
    "split",
    "language",
    "style",
    "optimizer",
    "configuration",
    "prompt",
    "program",
]


@dataclasses.dataclass(frozen=True)
class InstructionSet:
    """The kept pairs (COLUMNS, one row a pair, problems in the order of P), and the dropped ones with the reason."""

    pairs: pd.DataFrame
    dropped: pd.DataFrame


def prompt_of(problem: Problem, writing: writings.Writing) -> str:
    """The whole prompt of one writing of ``problem``."""
    return template.prompt(
        writing.text,
        writing.language,
        problem.dimension,
        problem.lower,
        problem.upper,
        problem.budget,
        constrained=bool(problem.constraints),
    )


def build(problems: Sequence[Problem], labels: pd.DataFrame, config: AugmentationConfig) -> pd.DataFrame:
    """All pairs of ``problems``, before the drop rule, with COLUMNS.

    ``labels`` has ``problem_id`` and the column named by ``config.label``. Raises KeyError which names the instances
    without a label.
    """
    label_of = dict(zip(labels["problem_id"], labels[config.label], strict=True))
    missing = [problem.id for problem in problems if problem.id not in label_of]
    if missing:
        raise KeyError(
            f"{len(missing)} instances have no {config.label} in the label table, such as {', '.join(missing[:5])}"
        )
    rows = []
    for problem in problems:
        configuration = Configuration.parse(label_of[problem.id])
        source = program(configuration, problem.dimension, problem.lower, problem.upper, problem.budget)
        for writing in writings.drawn(
            problem,
            config.seed,
            config.min_writings,
            config.max_writings,
            config.python_styles,
            config.latex_styles,
        ):
            rows.append(
                {
                    "pair_id": f"{problem.id}/{writing.language}-{writing.style}",
                    "problem_id": problem.id,
                    "group": problem.group,
                    "split": problem.split,
                    "language": writing.language,
                    "style": writing.style,
                    "optimizer": configuration.optimizer,
                    "configuration": configuration.key,
                    "prompt": prompt_of(problem, writing),
                    "program": source,
                }
            )
    pairs = pd.DataFrame(rows, columns=COLUMNS)
    return split_by_pair(pairs, config.seed) if config.split_by == "pair" else pairs


def split_by_pair(pairs: pd.DataFrame, root: int) -> pd.DataFrame:
    """The paper's split: as many eval pairs as before, drawn from all train and eval pairs whatever their instance.

    Held-out pairs stay held out.
    """
    pairs = pairs.copy()
    places = np.flatnonzero(pairs["split"] != "heldout")
    number = int((pairs["split"] == "eval").sum())
    order = seeds.generator(root, "split by pair").permutation(places)
    split = pairs["split"].to_numpy(copy=True)
    split[places] = "train"
    split[order[:number]] = "eval"
    pairs["split"] = split
    return pairs


def drop_long(
    pairs: pd.DataFrame, prompt_tokens: np.ndarray, answer_tokens: np.ndarray, max_prompt: int, max_answer: int
) -> InstructionSet:
    """Take out the pairs whose prompt has more tokens than allowed, and the train pairs whose answer has; nothing
    is ever cut.

    An eval or held-out pair stays whatever its answer, which nothing is trained on: else the instances with long
    programs would leave the evaluation. ``prompt_tokens`` and ``answer_tokens`` have shape (n_pairs,). The
    dropped pairs keep their lengths and a reason.
    """
    long_prompt = prompt_tokens > max_prompt
    long_answer = (answer_tokens > max_answer) & (pairs["split"] == "train").to_numpy()
    out = long_prompt | long_answer
    dropped = pairs.loc[out, ["pair_id", "problem_id", "split"]].assign(
        prompt_tokens=prompt_tokens[out],
        answer_tokens=answer_tokens[out],
        reason=np.where(
            long_prompt[out], f"prompt longer than {max_prompt} tokens", f"answer longer than {max_answer} tokens"
        ),
    )
    return InstructionSet(pairs[~out].reset_index(drop=True), dropped.reset_index(drop=True))


def leak(pairs: pd.DataFrame) -> dict[str, float]:
    """How much of the eval split has been seen in training, each a share in [0, 1] (NaN without eval pairs).

    ``problems``: eval instances that also have a pair in train. ``prompts``: eval prompts that stand in train
    word for word.
    """
    train, evaluation = (pairs[pairs["split"] == split] for split in ("train", "eval"))
    if evaluation.empty:
        return {"problems": float("nan"), "prompts": float("nan")}
    problems = pd.Series(evaluation["problem_id"].unique())
    return {
        "problems": float(problems.isin(train["problem_id"]).mean()),
        "prompts": float(evaluation["prompt"].isin(train["prompt"]).mean()),
    }


def leak_table(pairs: pd.DataFrame, config: AugmentationConfig) -> pd.DataFrame:
    """The leak of these pairs, and of the same pairs under the paper's split: one row a rule of splitting.

    Columns ``split_by``, ``problems``, ``prompts`` (shares in [0, 1]). Where ``pairs`` are already split by pair
    there is one row.
    """
    rows = [{"split_by": config.split_by, **leak(pairs)}]
    if config.split_by == "problem":
        rows.append({"split_by": "pair", **leak(split_by_pair(pairs, config.seed))})
    return pd.DataFrame(rows)


def balance(pairs: pd.DataFrame) -> pd.DataFrame:
    """The share of each optimizer among the train pairs, as they are and under balanced sampling (paper, eq. 5).

    Columns ``optimizer``, ``pairs``, ``share``, ``balanced``; balanced sampling draws every optimizer alike.
    """
    counts = pairs.loc[pairs["split"] == "train", "optimizer"].value_counts()
    frame = counts.rename_axis("optimizer").reset_index(name="pairs")
    return frame.assign(share=frame["pairs"] / frame["pairs"].sum(), balanced=1.0 / max(len(frame), 1))


def summary(kept: InstructionSet, lengths: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """One row a tokenizer and split: pairs, instances, optimizers, dropped pairs, and lengths in tokens.

    ``lengths`` maps a tokenizer's name to the tokens of each kept prompt and of each kept answer, both (n_pairs,).
    """
    rows = []
    for tokenizer, (prompts, answers) in lengths.items():
        for split in ("train", "eval", "heldout"):
            chosen = (kept.pairs["split"] == split).to_numpy()
            if not chosen.any():
                continue
            pairs = kept.pairs[chosen]
            rows.append(
                {
                    "tokenizer": tokenizer,
                    "split": split,
                    "pairs": len(pairs),
                    "instances": pairs["problem_id"].nunique(),
                    "optimizers": pairs["optimizer"].nunique(),
                    "dropped": int((kept.dropped["split"] == split).sum()),
                    "prompt_median": float(np.median(prompts[chosen])),
                    "prompt_p95": float(np.percentile(prompts[chosen], 95)),
                    "prompt_max": int(prompts[chosen].max()),
                    "answer_median": float(np.median(answers[chosen])),
                    "answer_p95": float(np.percentile(answers[chosen], 95)),
                    "answer_max": int(answers[chosen].max()),
                }
            )
    return pd.DataFrame(rows)
