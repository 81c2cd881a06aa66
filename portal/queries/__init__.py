"""Reads: a query is a noun. It never writes, and starts from what the viewer may see."""
