"""The addresses: GraphQL, files, storage, prefill, administration; the webhooks that leave; the faults of the wire."""
