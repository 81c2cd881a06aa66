"""A generated corpus of cells: what is read is the truth, or it is told."""
