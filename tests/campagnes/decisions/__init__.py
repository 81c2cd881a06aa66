"""Two agents who decide and notify at once."""
