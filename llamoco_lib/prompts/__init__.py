"""Room prompts: writings of a problem, the prompt template, and the instruction set."""
