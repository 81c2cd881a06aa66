"""Démarches Simplifiées: the client of its GraphQL interface, and a simulator that stands in for it."""
