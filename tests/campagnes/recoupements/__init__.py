"""How well cross-checks find what was planted, on an invented corpus."""
