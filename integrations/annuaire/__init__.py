"""The registers of associations: who bears this SIREN, SIRET or RNA number, according to the State."""
