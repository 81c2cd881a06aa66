"""Démarches Simplifiées (DS): the client of its GraphQL interface, and a simulator that stands in for it.

* `api`: the contract, which `client.ClientDS` keeps; `types` and `ordres`: what is read and ordered; `errors`
* `client` is made of `lectures` and `mutations`, over `echange` (our `operations/`, sent by gql), `transfert` (files) and
  `preremplissage` (REST); `debit` is the gate that every request passes, `limites` says where it may go and how much
  may come back, `reponses` what each failure means
* `parsing`, with `champs`, reads DS's JSON, `noeuds` by `noeuds`; `francais` words what DS leaves unsaid
* `annonces`: the webhooks that DS sends us; `controle`: our operations against the interface that DS publishes (`ecarts`)
* `simulator`: the only double of DS
"""
