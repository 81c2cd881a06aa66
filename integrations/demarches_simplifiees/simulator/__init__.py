"""A stand-in for Démarches Simplifiées: a real HTTP server that speaks its GraphQL, over a truth it remembers.

`serveur` starts one. Each package knows those below it alone (a contract of import-linter):

* `http`: what answers at each address, the webhooks that leave, the faults of the wire
* `depart`: the truth it starts from, generated, loaded from files, or remembered
* `gens`: usagers, experts and agents at work on DS's own pages
* `execution`: GraphQL, over our own minimal SDL (`schema.graphql`)
* `mutations`: what an act does to a dossier, and the French sentences that refuse it
* `demarche`: the form, its revisions, its answers
* `verite`: the dossiers themselves, as DS's JSON, and their files
* `pannes`: the faults, and the seeded draw of their strikes
"""
