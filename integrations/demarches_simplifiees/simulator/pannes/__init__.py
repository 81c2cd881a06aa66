"""The faults: what each one is and when it strikes, and how it spoils an answer. It knows nothing of dossiers."""
