"""Files grant requests: once, at the server's instant, with everything frozen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, Invalid
from portal.formats import ESPACE_INSECABLE, maintenant
from portal.forms.echeances import echeance_fr
from portal.liens import lien
from portal.models.associations import Mandat
from portal.models.demandes import Demande, SignatureDepot
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_edit, can_file
from portal.queries import contenus_demandes, recepisses
from portal.queries import depots as lus
from portal.queries.campagnes import est_ouverte
from portal.queries.departements import of_code_postal
from portal.queries.lecture_demandes import DemandeLue, lire
from portal.services import (
    completude,
    contenus_deposes,
    courriels,
    documents,
    dossiers,
    etats_cer,
    journal,
    mandats,
    signatures_depot,
)
from portal.services.demandes import lock
from portal.vocabulaire import Etat, EtatMandat, GenreDocument, Source


def file(
    session: Session, *, by: Acteur, demande: Demande, instant: datetime | None = None, racine: str = ""
) -> Dossier:
    """File a request, once: a dossier for each service it is addressed to. A second filing gives what the first made.

    The dossier of the campaign that the request began with. The instant of this call decides for all campaigns alike;
    `instant` (UTC) stands for it in the invented past of the demonstration, and nowhere else. `racine` is PORTAL_URL, to which
    the QR code of the récépissé leads.

    Raises Forbidden, Conflict when the mandat has ended meanwhile, and Invalid when a campaign is closed or a section is not
    filled in; the draft is kept as it is.
    """
    instant = instant or maintenant()
    lock(session, demande)
    depose = _depose(session, demande)
    if depose is not None:
        return depose
    mandat = mandats.lock_mine(session, by, demande.association_id)
    lue = lire(demande)
    _check_may(by, lue)
    signature = _signature_intacte(lue)
    adressees = _adressees(session, lue)
    for demarche, _ in adressees:
        _check_open(demarche, instant, signature, by)
    _check_ready(lue)
    faits = [_register(session, mandat, lue, demarche, montant, instant, signature) for demarche, montant in adressees]
    signatures_depot.close(session, by=by, demande=demande)
    demande.deposee_at, demande.deposee_par_id = instant, by.user_id
    contenus_deposes.freeze(session, lue)
    for dossier in faits:
        _acknowledge(session, by, mandat, lue, dossier, [autre for autre in faits if autre is not dossier], racine)
    etats_cer.refresh(session, [demande.association_id])
    return faits[0]


def _depose(session: Session, demande: Demande) -> Dossier | None:
    """The dossier that the request has become at the service whose campaign it began with."""
    return session.scalars(
        select(Dossier)
        .where(Dossier.demande_id == demande.id)
        .order_by(Dossier.demarche_id != demande.demarche_id, Dossier.id)
    ).first()


def _adressees(session: Session, lue: DemandeLue) -> list[tuple[Demarche, Decimal | None]]:
    """The campaigns that the request is addressed to, each with its euros: the one it began with first."""
    demandee = lue.ce_qui_est_demande
    autres = {campagne.demarche_id: champ.valeur for campagne, champ in demandee.adressees}
    demarches = session.scalars(
        select(Demarche).where(Demarche.id.in_(autres)).options(joinedload(Demarche.service)).order_by(Demarche.id)
    )
    return [
        (lue.demande.demarche, demandee.montant_demande.valeur),
        *((demarche, autres[demarche.id]) for demarche in demarches),
    ]


def _check_may(by: Acteur, lue: DemandeLue) -> None:
    """Who files commits the association, and has ticked the attestations herself. Raises Forbidden, Invalid."""
    demande = lue.demande
    for verdict in (can_edit(by, demande), can_file(by, demande.association_id, pouvoir=lus.pouvoir_joint(lue))):
        if not verdict:
            raise Forbidden(verdict.raison)
    if not lus.attestee_par(by, lue):
        raise Invalid(
            "",
            "Les attestations ont été cochées par une autre personne, et engagent celle qui dépose. Ouvrez la section "
            f"«{ESPACE_INSECABLE}Attestations{ESPACE_INSECABLE}», relisez-les et cochez-les vous-même.",
        )


def _signature_intacte(lue: DemandeLue) -> SignatureDepot | None:
    """The open question to whoever signs, if the request still says what it said then."""
    question = lue.demande.signature
    return question if question and question.contenu_sha256 == contenus_demandes.empreinte(lue) else None


def _check_open(demarche: Demarche, instant: datetime, signature: SignatureDepot | None, by: Acteur) -> None:
    """The closing instant itself is too late, but for a request whose signature was asked in time (see queries.depots).

    The instant when the server received the filing decides, whatever was still being sent: the request is filed before the
    closing, and a piece whose sending began before the filing joins it when it arrives, even after the closing (services.pieces).
    Raises Invalid naming the campaign, and what to do.
    """
    if est_ouverte(demarche, instant) or lus.tard_mais_signee(signature, demarche, instant, par=by.user_id):
        return
    fermee = demarche.cloture is not None and demarche.cloture <= instant
    limite = echeance_fr(demarche.cloture, demarche.fuseau)
    quand = f"close depuis le {limite}" if fermee else "fermée pour le moment"
    contact = (
        f" Vous pouvez écrire au service{ESPACE_INSECABLE}: {demarche.service.email}." if demarche.service.email else ""
    )
    raise Invalid(
        "",
        f"La campagne «{ESPACE_INSECABLE}{demarche.titre}{ESPACE_INSECABLE}» du service {demarche.service.nom} est "
        f"{quand}.{contact}",
    )


def _check_ready(lue: DemandeLue) -> None:
    completude.require(
        ((lue.libelle(place), lue.etat(place)) for place in lue.places),
        suite="Rien n’est déposé.",
    )


def _register(
    session: Session,
    mandat: Mandat,
    lue: DemandeLue,
    demarche: Demarche,
    montant: Decimal | None,
    instant: datetime,
    signature: SignatureDepot | None,
) -> Dossier:
    """The dossier that one service will read; the demandeur is frozen as it is now."""
    demande, association = lue.demande, lue.demande.association
    dossier = Dossier(
        reference=dossiers.next_reference(session),
        source=Source.PORTAIL,
        demarche_id=demarche.id,
        demande_id=demande.id,
        association_id=association.id,
        service_id=demarche.service_id,
        etat=Etat.EN_CONSTRUCTION,
        demandeur_nom=association.denomination,
        demandeur_siret=lue.identite.siret_retenu,
        demandeur_rna=association.rna,
        demandeur_commune=association.commune,
        departement=of_code_postal(association.code_postal),
        lien_verifie=mandat.etat == EtatMandat.PROUVE,
        intitule=lue.intitule,
        exercice=lue.contexte.exercice,
        date_depot=instant,
        signature_demandee_at=signature.demandee_at if signature else None,
        contenu_empreintes=contenus_demandes.empreintes(lue),
    )
    return dossiers.register(session, dossier, programme=demarche.programme, demande=montant)


def _acknowledge(
    session: Session,
    by: Acteur,
    mandat: Mandat,
    lue: DemandeLue,
    dossier: Dossier,
    autres: Sequence[Dossier],
    racine: str,
) -> None:
    """Record the filing, freeze the récépissé, which names the other services, and owe its mail."""
    valeurs = {
        "reference": dossier.reference,
        "montant_demande": str(dossier.montant_demande),
        "contenu": dossier.contenu_empreintes,
        "attestations": lue.attestations.empreintes(),
        "autres_dossiers": [autre.reference for autre in autres],
    }
    journal.record(session, by=by, action="dossier_depose", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    numero = documents.draw_number()
    page = recepisses.recepisse(session, by, lue, dossier, autres, fonction=mandat.fonction)
    documents.issue(
        session,
        by=by,
        genre=GenreDocument.RECEPISSE,
        numero=numero,
        nom=f"Accusé de réception {dossier.reference}",
        document=replace(page, numero=numero, adresse_verification=_adresse(racine, numero)),
        dossier_id=dossier.id,
    )
    courriels.enqueue(
        session,
        "recepisse_disponible",
        destinataire=by.email,
        reference=dossier.reference,
        association=dossier.demandeur_nom,
        intitule=dossier.intitule,
        service=dossier.demarche.service.nom,
    )


def _adresse(racine: str, numero: str) -> str:
    return lien(racine, "recepisse_verifie", numero=numero) if racine else ""
