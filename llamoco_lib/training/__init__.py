"""Two-phase learning of the paper's section 3.2: the contrastive warm-up, then instruction tuning."""
