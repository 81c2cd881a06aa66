"""The starting truth: generated dossiers, real ones loaded from files, and what an earlier run remembers."""
