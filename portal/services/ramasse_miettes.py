"""Keeps Python's collector from walking through the whole program while thousands of dossiers pass."""

import gc

# Objects made and not yet dropped before the collector looks at them: those of a few pages of dossiers.
SEUILS = 50_000, 20, 100


def spare_collector() -> None:
    """To be called once by a process that pulls: it makes and drops a hundred thousand small objects a page, and the
    collector would walk through the whole program at each of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEUILS)
