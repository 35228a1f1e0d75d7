"""Evaluation: metrics, methods to compare with, runs of a model's programs, the repair turn (paper 4.1, App. D)."""
