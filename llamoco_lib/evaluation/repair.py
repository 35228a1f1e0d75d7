"""The repair turn: one more prompt for a program that failed, with its error class, line and message (App. D).

This module knows nothing of how prompts are generated from or programs run.
"""

CLASSES = {
    "no_code": "the reply has no program",
    "syntax": "it does not compile",
    "contract": "it does not keep the contract of optimize(objective, constraints, seed)",
    "import": "an import fails",
    "runtime": "it raises an error",
    "timeout": "it takes too long",
    "memory": "it needs too much memory",
    "no_evaluation": "it never evaluates the objective",
}
_MESSAGE_LENGTH = 200  # characters of an error message that are shown


def repair_prompt(prompt: str, reply: str, status: str, message: str, line: int | None) -> str:
    """The prompt of the repair turn: the failed program, what went wrong and where, then the first prompt again.

    The first prompt comes last, so that the repair turn, too, ends in dimension, bounds and budget. ``reply`` is the
    program, or the whole reply where it had none; ``status`` an error class, else KeyError.
    """
    where = f" (line {line})" if line is not None else ""
    detail = f": {message[:_MESSAGE_LENGTH]}" if message else ""
    return (
        f"This program does not work:\n```python\n{reply.rstrip()}\n```\n"
        f"Error: {CLASSES[status]}{where}{detail}\n"
        f"Write the corrected program for the same task.\n\n{prompt}"
    )
