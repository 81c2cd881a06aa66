"""Brings the dossiers of Démarches Simplifiées (DS) into the portal: read, compare, store, without ever losing one.

`passage` runs over a démarche and `runs` tells how; `lecture` talks to DS, `avance` one page ahead; `rangement` stores a page by
halves if need be, `dossiers` stores it whole (`contexte`, then `creation` or `mise_a_jour` of `colonnes`); `suppressions` hides;
`projection`, by the `plan` of a démarche, and `contenu` say what columns and pages hold.
"""

from portal.services.synchronisation.demarches import attach
from portal.services.synchronisation.groupes import attach_group
from portal.services.synchronisation.passage import refresh_number, sync, sync_one

__all__ = ["attach", "attach_group", "refresh_number", "sync", "sync_one"]
