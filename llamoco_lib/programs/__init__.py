"""Programs: generation by a model, and confined runs of what it wrote (DESIGN section 4, 'Run of a program')."""
