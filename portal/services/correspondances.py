"""Follows the forms that DS publishes, proposes which champ feeds which of our facts, and records what administrators decide."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.types import Descripteur, Revision
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.formats import maintenant
from portal.models.correspondances import Correspondance, RevisionDS
from portal.models.demarches import Demarche
from portal.permissions import SYSTEME, Acteur, may_administer
from portal.queries.cibles_ds import A_DECIDER, code_de, codes_possibles, mappable, read_code
from portal.queries.correspondances import VIVANTES, empreinte_de, of_demarche
from portal.queries.revisions_ds import last_two
from portal.services import journal
from portal.services.synchronisation import libelles
from portal.services.synchronisation.propositions import Question, propose
from portal.vocabulaire_ds import EtatCorrespondance

SUFFIXE = "ChampDescriptor"
TITRE, EXPLICATION = "HeaderSection", "Explication"
Descripteurs = list[Any]


def note_revision(session: Session, demarche: Demarche, revision: Revision) -> bool:
    """Keep a form that DS publishes and propose its mappings. False, for one cheap read, when it is known already.

    A champ that is no longer asked keeps its confirmed mapping, for the dossiers of the older form; a proposal on it goes.
    """
    connue = select(RevisionDS.id).where(RevisionDS.demarche_id == demarche.id, RevisionDS.ds_id == revision.id)
    if not revision.id or session.scalar(connue) is not None:
        return False
    descripteurs = [*_aplatir(revision.champs, "champs"), *_aplatir(revision.annotations, "annotations")]
    session.add(
        RevisionDS(
            demarche_id=demarche.id,
            ds_id=revision.id,
            date_publication=revision.date_publication,
            descripteurs=descripteurs,
            lue_at=maintenant(),
        )
    )
    lignes = list(session.scalars(of_demarche(demarche.id)))
    gardees = [ligne for ligne in lignes if _suivre(session, ligne, lignes, {un["id"]: un for un in descripteurs})]
    _proposer(session, demarche.id, gardees, descripteurs)
    session.flush()
    valeurs = {"revision": revision.id, "champs": len(descripteurs)}
    journal.record(session, by=SYSTEME, action="formulaire_ds_lu", objet=f"demarche:{demarche.id}", valeurs=valeurs)
    return True


def decide(session: Session, *, by: Acteur, demarche_id: int, choix: Mapping[str, str], empreinte: str) -> int:
    """Confirm what each champ feeds; what was proposed or confirmed for it otherwise is set aside. Returns how many changed.

    `choix`: champ id -> code of the target, "" for none, A_DECIDER to leave a proposal as it is. `empreinte` is that of the
    page. Raises Forbidden, NotFound, Conflict when the form or a decision changed since, Invalid (champ named « choix-ID »)
    when two champs feed the same fact or when a champ cannot feed it.
    """
    revision, lignes = _locked(session, by, demarche_id)
    if empreinte_de(revision, lignes) != empreinte:
        raise Conflict("Le formulaire ou ses correspondances ont changé depuis l’affichage. Rien n’est enregistré.")
    descripteurs = {un["id"]: un for un in revision.descripteurs}
    voulus = {champ_id: code for champ_id, code in choix.items() if code != A_DECIDER}
    _verifier(voulus, descripteurs)
    changes = [
        un
        for champ_id, code in voulus.items()
        for un in _decider(session, by, demarche_id, descripteurs[champ_id], code, lignes)
    ]
    _oublier(session, lignes, {code for code in voulus.values() if code})
    session.flush()
    if changes:
        valeurs = {"choix": {ligne.champ_id: f"{code_de(ligne.cible, ligne.detail)} {ligne.etat}" for ligne in changes}}
        journal.record(
            session, by=by, action="correspondances_decidees", objet=f"demarche:{demarche_id}", valeurs=valeurs
        )
    return len(changes)


def mark_seen(session: Session, *, by: Acteur, demarche_id: int) -> None:
    """An administrator has read what changed in the form in force. Raises Forbidden, NotFound."""
    revision, _ = _locked(session, by, demarche_id)
    if revision.vue_at is None:
        revision.vue_at = maintenant()
        session.flush()
        valeurs = {"revision": revision.ds_id}
        journal.record(session, by=by, action="formulaire_ds_vu", objet=f"demarche:{demarche_id}", valeurs=valeurs)


def _locked(session: Session, by: Acteur, demarche_id: int) -> tuple[RevisionDS, list[Correspondance]]:
    verdict = may_administer(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    session.execute(select(Demarche.id).where(Demarche.id == demarche_id).with_for_update())
    revision, _ = last_two(session, demarche_id)
    if revision is None:
        raise NotFound
    return revision, list(session.scalars(of_demarche(demarche_id)))


def _verifier(voulus: Mapping[str, str], descripteurs: Mapping[str, Any]) -> None:
    pris: dict[str, str] = {}
    for champ_id, code in voulus.items():
        descripteur = descripteurs.get(champ_id)
        if descripteur is None or (code and code not in codes_possibles(descripteur)):
            raise Invalid(f"choix-{champ_id}", "Ce champ ne peut pas donner cette valeur. Choisissez-en une autre.")
        if code and code in pris:
            raise Invalid(
                f"choix-{champ_id}",
                f"Deux champs donnent la même valeur\u00a0: «\u00a0{descripteurs[pris[code]]['libelle']}\u00a0» et "
                f"«\u00a0{descripteur['libelle']}\u00a0». Gardez-en un seul.",
            )
        pris[code] = champ_id


def _decider(
    session: Session,
    by: Acteur,
    demarche_id: int,
    descripteur: Mapping[str, Any],
    code: str,
    lignes: list[Correspondance],
) -> Iterator[Correspondance]:
    """The rows of one champ that change: the wanted one is confirmed, the living others are set aside."""
    champ_id = descripteur["id"]
    siennes = {code_de(ligne.cible, ligne.detail): ligne for ligne in lignes if ligne.champ_id == champ_id}
    if code and code not in siennes:
        cible, detail = read_code(code)
        siennes[code] = Correspondance(
            demarche_id=demarche_id,
            champ_id=champ_id,
            libelle=descripteur["libelle"],
            type=descripteur["type"],
            cible=cible,
            detail=detail,
            etat=EtatCorrespondance.ECARTEE,
            raison="choisi par un administrateur",
            confiance=100,
        )
        session.add(siennes[code])
    for sien, ligne in siennes.items():
        voulu = EtatCorrespondance.CONFIRMEE if sien == code else EtatCorrespondance.ECARTEE
        if ligne.etat != voulu and (sien == code or ligne.etat in VIVANTES):
            ligne.etat, ligne.decidee_par_id, ligne.decidee_at = voulu, by.user_id, maintenant()
            yield ligne


def _oublier(session: Session, lignes: Iterable[Correspondance], codes: Collection[str]) -> None:
    """A proposal is moot once another champ is confirmed for the same fact."""
    for ligne in lignes:
        if ligne.etat == EtatCorrespondance.PROPOSEE and code_de(ligne.cible, ligne.detail) in codes:
            session.delete(ligne)


def _suivre(
    session: Session, ligne: Correspondance, lignes: Iterable[Correspondance], presents: Mapping[str, Any]
) -> bool:
    """Bring a mapping in step with the new form. False when it is dropped: a proposal on a champ that is asked no more."""
    descripteur = presents.get(ligne.champ_id)
    if descripteur is not None:
        ligne.libelle, ligne.type = descripteur["libelle"], descripteur["type"]
        rivales = ((une.cible, une.detail) for une in lignes if une.etat == EtatCorrespondance.CONFIRMEE)
        if ligne.etat == EtatCorrespondance.DISPARUE and (ligne.cible, ligne.detail) not in rivales:
            ligne.etat = EtatCorrespondance.CONFIRMEE
    elif ligne.etat == EtatCorrespondance.CONFIRMEE:
        ligne.etat = EtatCorrespondance.DISPARUE
    elif ligne.etat == EtatCorrespondance.PROPOSEE:
        session.delete(ligne)
        return False
    return True


def _proposer(session: Session, demarche_id: int, lignes: list[Correspondance], descripteurs: Descripteurs) -> None:
    """Propose afresh for what nobody has decided: neither a fact that has its champ, nor a champ that was set aside for it."""
    questions = [
        Question(un["id"], un["type"], un["libelle"], un["section"])
        for un in descripteurs
        if un["partie"] == "champs" and mappable(un)
    ]
    decides = {ligne.champ_id for ligne in lignes if ligne.etat == EtatCorrespondance.CONFIRMEE}
    tenues = {(ligne.cible, ligne.detail) for ligne in lignes if ligne.etat == EtatCorrespondance.CONFIRMEE}
    ecartees = {(ligne.cible, ligne.champ_id) for ligne in lignes if ligne.etat == EtatCorrespondance.ECARTEE}
    for ligne in lignes:
        if ligne.etat == EtatCorrespondance.PROPOSEE:
            session.delete(ligne)
    session.flush()
    types = {un["id"]: un for un in descripteurs}
    session.add_all(
        Correspondance(
            demarche_id=demarche_id,
            libelle=types[une.champ_id]["libelle"],
            type=types[une.champ_id]["type"],
            etat=EtatCorrespondance.PROPOSEE,
            **asdict(une),
        )
        for une in propose(questions, ecartees)
        if une.champ_id not in decides and (une.cible, une.detail) not in tenues
    )


def _aplatir(
    descripteurs: Iterable[Descripteur], partie: str, parent: str = "", sous: str = ""
) -> Iterator[dict[str, Any]]:
    """The questions in order, those of a repetition behind it, each under its headings."""
    titres: dict[int, str] = {}
    for un in descripteurs:
        genre = un.type.removesuffix(SUFFIXE)
        if genre == TITRE:
            titres = libelles.sous_titre(titres, un.niveau, un.label)
        elif genre != EXPLICATION:
            section = sous or libelles.section(titres)
            yield {
                "id": un.id,
                "type": genre,
                "libelle": un.label,
                "partie": partie,
                "parent": parent,
                "section": section,
                "requis": un.requis,
                "options": list(un.options),
                "autre": un.autre,
            }
            yield from _aplatir(un.descripteurs, partie, un.id, section)
