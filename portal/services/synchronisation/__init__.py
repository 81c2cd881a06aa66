"""Brings the dossiers of Démarches Simplifiées (DS) into the portal: read, compare, store, without ever losing one.

`passage` runs over a démarche, `lecture` talks to DS, `rangement` stores a page, `dossier` stores one dossier,
`projection` and `contenu` say what its columns and its pages hold.
"""

from portal.services.synchronisation.demarches import attach, order
from portal.services.synchronisation.groupes import attach_group
from portal.services.synchronisation.passage import sync, sync_one

__all__ = ["attach", "attach_group", "order", "sync", "sync_one"]
