"""Jobs, one module per noun: thin, they open a transaction and call a service."""
