"""Long work gives way to whoever waits for a page."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

POLITESSE = 10
T = TypeVar("T")


def gently(nom: str, faire: Callable[[], T]) -> T:
    """Do it in a thread of that name, at nice 10, and wait for it; what it returns, or raises.

    The thread ends with it: those of the worker keep their priority.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=nom, initializer=_give_way) as fil:
        return fil.submit(faire).result()


def _give_way() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITESSE)
