"""Keeps who is asked outside every service: an address, and what those who ask call it."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models.experts import Expert


def find_or_add(session: Session, *, email: str, nom: str = "", organisme: str = "") -> Expert:
    """The expert of that address (normalised), known from now on. What was not known of it is completed, never replaced.

    No expert acts by it: it is the caller who has the right to ask.
    """
    valeurs = {"email": email, "nom": nom, "organisme": organisme}
    session.execute(insert(Expert).values(**valeurs).on_conflict_do_nothing(index_elements=["email"]))
    expert = session.scalars(select(Expert).where(Expert.email == email).with_for_update()).one()
    expert.nom, expert.organisme = expert.nom or nom, expert.organisme or organisme
    session.flush()
    return expert
