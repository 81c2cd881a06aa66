"""A stand-in for Démarches Simplifiées: a real HTTP server that speaks its GraphQL, over a truth it remembers."""
