"""The files of DS dossiers: noted with each page that is stored, then copied by a job, since their addresses die in an hour.

`notes` keeps what DS lists, `prises` says who copies what and how each try ended, `copies` fetches, checks and stores,
`demandes` is what people ask, `decision` brings in time what DS wipes.
"""

from portal.services.fichiers_ds.copies import copy_due, copy_one
from portal.services.fichiers_ds.decision import fetch_before_decision
from portal.services.fichiers_ds.demandes import ask_copy, set_on_demand
from portal.services.fichiers_ds.notes import note_files, order, order_due

__all__ = [
    "ask_copy",
    "copy_due",
    "copy_one",
    "fetch_before_decision",
    "note_files",
    "order",
    "order_due",
    "set_on_demand",
]
