"""What the simulator holds to be true: the dossiers as DS's JSON, their files, its memory of them, a statement of the whole."""
