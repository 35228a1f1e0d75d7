"""Stage 03 as a whole: from problems and labels to the instruction set (files of DESIGN section 2).

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.params.augmentation import AugmentationConfig
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import instruction_set, template, tokens

FOLDER = "03_augmentation"


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """What stage 03 made: the instruction set, the tokens of each kept pair by tokenizer (prompts, answers), the
    leak.
    """

    problems: list[Problem]
    instructions: instruction_set.InstructionSet
    lengths: dict[str, tuple[np.ndarray, np.ndarray]]
    leak: dict[str, float]

    @property
    def pairs(self) -> pd.DataFrame:
        """The kept pairs."""
        return self.instructions.pairs


def augment(config: AugmentationConfig) -> Augmentation:
    """Make the instruction set of the problems and labels below ``config.source_dir``.

    Raises FileNotFoundError which names the stage to run first, and ValueError if the drop rule leaves no train pair.
    """
    source = records.resolve(config.source_dir)
    for stage, name in (("01_synthesis", "problems.jsonl"), ("02_benchmarking", "labels.parquet")):
        if not (source / stage / name).exists():
            raise FileNotFoundError(f"{source / stage / name} is missing; run {stage} with this run_dir first")
    problems = problem_set.read(source / "01_synthesis")
    labels = pd.read_parquet(source / "02_benchmarking" / "labels.parquet")
    pairs = instruction_set.build(problems, labels, config)
    answers = [template.answer(program) for program in pairs["program"]]
    counted = {}
    for name in config.tokenizers:
        tokenizer = tokens.load(name)
        counted[name] = (tokens.counts(tokenizer, pairs["prompt"].tolist()), tokens.counts(tokenizer, answers))
    prompts, replies = counted[config.tokenizers[0]]
    kept = instruction_set.drop_long(pairs, prompts, replies, config.max_prompt_tokens, config.max_answer_tokens)
    if not (kept.pairs["split"] == "train").any():
        raise ValueError(
            f"max_prompt_tokens = {config.max_prompt_tokens} and max_answer_tokens = {config.max_answer_tokens} "
            f"leave no train pair of {len(pairs)} pairs; the shortest prompt has {prompts.min()} tokens, the "
            f"shortest answer {replies.min()}"
        )
    stays = ~pairs["pair_id"].isin(kept.dropped["pair_id"]).to_numpy()
    lengths = {name: (prompt[stays], reply[stays]) for name, (prompt, reply) in counted.items()}
    return Augmentation(problems, kept, lengths, instruction_set.leak(kept.pairs))


def write(done: Augmentation, config: AugmentationConfig) -> dict[str, Path]:
    """Write ``pairs.parquet``, ``pairs.jsonl``, ``dropped.csv``, ``summary.csv`` and ``leak.json``; return the
    files by name.
    """
    folder = records.resolve(config.run_dir) / FOLDER
    summary = instruction_set.summary(done.instructions, done.lengths)
    return {
        "pairs": records.write_parquet(folder / "pairs.parquet", done.pairs),
        "pairs_jsonl": records.write_jsonl(folder / "pairs.jsonl", done.pairs.to_dict("records")),
        "dropped": records.write_text(folder / "dropped.csv", done.instructions.dropped.to_csv(index=False)),
        "summary": records.write_text(folder / "summary.csv", summary.to_csv(index=False)),
        "leak": records.write_json(folder / "leak.json", {"split_by": config.split_by, **done.leak}),
    }
