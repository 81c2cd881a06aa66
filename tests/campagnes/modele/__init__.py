"""The whole workflow walked: `make campagne-modele`."""
