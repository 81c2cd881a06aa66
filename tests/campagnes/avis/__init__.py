"""Demandes d'avis against a small reference model: `make campagne-avis`."""
