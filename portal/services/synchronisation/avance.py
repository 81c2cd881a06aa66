"""Asks for the next page in a thread while this one is stored: one ahead, never two, and failures come at their turn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def ahead(pages: Iterator[T]) -> Iterator[T]:
    """What `pages` yields, in order; each one is asked for as soon as the one before has come.

    The thread runs in a copy of the caller's context (requests are counted there). What `pages` raises is raised at the place
    of the page that it could not give, once those before it have been used.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="avance-ds") as fil:
        suivante = fil.submit(copy_context().run, _next, pages)
        while (page := suivante.result()) is not None:
            suivante = fil.submit(copy_context().run, _next, pages)
            yield page


def _next(pages: Iterator[T]) -> T | None:
    return next(pages, None)
