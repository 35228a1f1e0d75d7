"""Figures: one module a room, each function returns a matplotlib Figure; ``style`` holds what they share."""
