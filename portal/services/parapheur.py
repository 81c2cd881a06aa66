"""Letters go to be signed in batches, and their signed copies come back: the QR code of each page finds its letter again."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier
from portal.models.lettres import CopieParapheur, FichierRetour, Lettre, LotParapheur, RetourParapheur
from portal.permissions import SYSTEME, Acteur, may_instruct
from portal.queries import parapheur as queries
from portal.services import documents, journal, lettres_service
from portal.travaux import commander
from portal.vocabulaire import EtatDocument, GenreDocument
from portal.vocabulaire_instruction import EtatLettre
from portal.vocabulaire_lettres import EtatCopie

SANS_CODE = "Aucun code QR n’a été lu sur cette page\u00a0: choisissez sa lettre, ou écartez-la."
INCONNUE = "Le code de cette page ne correspond à aucune lettre de votre service."
REMPLACEE = "La décision a changé depuis\u00a0: cette lettre est remplacée par une autre, qui reste à signer."
DEJA_SIGNEE = "Une copie signée est déjà rattachée à cette lettre\u00a0: celle-ci n’est pas gardée."
DEJA_PARTIE = "Cette lettre est déjà notifiée\u00a0: une copie signée ne la change plus."


def send(session: Session, *, by: Acteur, numeros: Sequence[str]) -> Document:
    """Send letters to be signed: a job makes one archive of their PDFs, with its index. Returns the document of the archive.

    Raises Forbidden, Invalid when none is chosen, Conflict when one has changed meanwhile: then none leaves.
    """
    service_id = _service_of(by)
    if not numeros:
        raise Invalid("lettres", "Choisissez au moins une lettre.")
    choix = queries.of_service(by).where(Document.numero.in_(numeros), Lettre.etat == EtatLettre.PREPAREE)
    lettres = session.scalars(
        choix.where(Document.etat == EtatDocument.PRET).order_by(Lettre.id).with_for_update(of=Lettre)
    ).all()
    if len(lettres) != len(set(numeros)):
        raise Conflict(
            "Une de ces lettres a été remplacée ou envoyée entre-temps. Aucune n’est partie\u00a0: choisissez de nouveau."
        )
    lot = LotParapheur(service_id=service_id, par_id=by.user_id)
    session.add(lot)
    session.flush()
    document = documents.order_view(
        session,
        by=by,
        genre=GenreDocument.PARAPHEUR,
        nom=f"Parapheur du {date_fr(maintenant())}",
        parametres={"lot": lot.id},
    )
    lot.document_id = document.id
    for lettre in lettres:
        lettre.etat, lettre.lot_id = EtatLettre.AU_PARAPHEUR, lot.id
        journal.record(session, by=by, action="lettre_au_parapheur", objet=f"dossier:{lettre.dossier_id}")
    session.flush()
    return document


def receive(session: Session, *, by: Acteur, fichiers: Sequence[tuple[str, Fichier]]) -> RetourParapheur:
    """Keep the files that came back, (name, bytes kept), and have their pages read by a job. Raises Forbidden."""
    service_id = _service_of(by)
    retour = RetourParapheur(service_id=service_id, par_id=by.user_id)
    session.add(retour)
    session.flush()
    noms = _distincts([nom for nom, _ in fichiers])
    for nom, (_, fichier) in zip(noms, fichiers, strict=True):
        session.add(FichierRetour(retour_id=retour.id, fichier_id=fichier.id, nom=nom))
    session.flush()
    journal.record(session, by=by, action="parapheur_recu", objet=f"retour_parapheur:{retour.id}")
    order(session, retour.id)
    return retour


def _distincts(noms: Sequence[str]) -> list[str]:
    """Scanners call everything « scan.pdf »: the second one is « scan.pdf (2) »."""
    vus: dict[str, int] = {}
    distincts = []
    for nom in noms:
        vus[nom] = vus.get(nom, 0) + 1
        distincts.append(nom if vus[nom] == 1 else f"{nom} ({vus[nom]})")
    return distincts


def order(session: Session, retour_id: int) -> None:
    """Queue the reading of what came back, unless it already waits; two never read the same at once."""
    nom = f"parapheur.lire:{retour_id}"
    commander(session, "parapheur.lire", verrou=nom, unique=nom, urgent=True, retour_id=retour_id)


def tie(session: Session, *, retour: RetourParapheur, copie: CopieParapheur) -> None:
    """Tie a copy that was read to its letter, or say why not."""
    lettre = queries.by_number(session, retour.service_id, copie.numero) if copie.numero else None
    copie.etat, copie.raison = _juger(copie, lettre)
    copie.lettre_id = lettre.id if lettre is not None else None
    if copie.etat == EtatCopie.RATTACHEE and lettre is not None:
        _sign(session, retour, copie, lettre)
    session.flush()


def choose(session: Session, *, by: Acteur, retour: RetourParapheur, copie: CopieParapheur, numero: str) -> None:
    """Tie by hand a page that shows no code to a letter, or set it aside (`numero` ""). Raises Forbidden, Conflict, Invalid."""
    if _service_of(by) != retour.service_id:
        raise Forbidden("Cette copie est revenue à un autre service.")
    session.refresh(copie, with_for_update={"of": CopieParapheur})
    if copie.etat != EtatCopie.A_CHOISIR:
        raise Conflict("Cette page est déjà rattachée ou écartée\u00a0: rien n’a été changé.")
    if not numero:
        copie.etat, copie.raison = EtatCopie.ECARTEE, ""
        return
    lettre = queries.by_number(session, retour.service_id, numero)
    etat, raison = _juger(copie, lettre) if lettre is not None else (EtatCopie.REFUSEE, INCONNUE)
    if lettre is None or etat == EtatCopie.REFUSEE:
        raise Invalid("lettre", raison)
    copie.numero, copie.lettre_id, copie.etat, copie.raison = numero, lettre.id, EtatCopie.RATTACHEE, ""
    _sign(session, retour, copie, lettre)


def _juger(copie: CopieParapheur, lettre: Lettre | None) -> tuple[EtatCopie, str]:
    if lettre is None:
        return (EtatCopie.REFUSEE, INCONNUE) if copie.numero else (EtatCopie.A_CHOISIR, SANS_CODE)
    if lettre.etat == EtatLettre.REMPLACEE:
        return EtatCopie.REFUSEE, REMPLACEE
    if lettre.signe_fichier_id is not None:
        return EtatCopie.REFUSEE, DEJA_SIGNEE
    if lettre.etat == EtatLettre.PARTIE:
        return EtatCopie.REFUSEE, DEJA_PARTIE
    return EtatCopie.RATTACHEE, ""


def _sign(session: Session, retour: RetourParapheur, copie: CopieParapheur, lettre: Lettre) -> None:
    """An act of a decision that is notified already leaves as it comes back."""
    lettre.signe_fichier_id, lettre.signe_nom = copie.fichier_id, copie.nom
    lettre.signe_at, lettre.signe_par_id = maintenant(), retour.par_id
    lettre.etat = EtatLettre.SIGNEE
    session.flush()
    valeurs = {"lettre": copie.numero, "retour": retour.id}
    journal.record(session, by=SYSTEME, action="lettre_signee", objet=f"dossier:{lettre.dossier_id}", valeurs=valeurs)
    lettres_service.leave(session, session.get_one(Dossier, lettre.dossier_id))


def _service_of(by: Acteur) -> int:
    verdict = may_instruct(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    return by.service_id
