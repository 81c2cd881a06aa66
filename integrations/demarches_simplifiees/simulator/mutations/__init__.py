"""What may be done to a dossier through DS's interface: each mutation, its refusals in French, what DS does later by itself."""
