"""One command a claim of speed or scale; each prints, last, one JSON object with its figures and their setting."""
