"""Linear migrations, one idea each."""
