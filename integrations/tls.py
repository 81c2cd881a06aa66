"""The authorities that the HTTPS clients of a process trust."""

import ssl
from functools import cache

import httpx


@cache
def confiance() -> ssl.SSLContext:
    """One context for all: reading the authorities takes tens of milliseconds, and never changes."""
    return httpx.create_ssl_context()
