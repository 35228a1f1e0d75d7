"""LLaMoCo research workbook: instruction tuning of language models for optimization code generation."""
