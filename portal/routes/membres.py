"""Who acts for my association: roles, last days, departures, and the drafts opened to somebody."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal.forms.membres import ChangementForm, DepartForm, EcheanceForm, FinForm, PartageForm
from portal.permissions import may_be_usager
from portal.permissions.mandats import can_invite
from portal.queries import associations, invitations, membres
from portal.services import mandats
from portal.services import membres as services
from portal.vocabulaire import RoleMandat
from portal.web.access import access
from portal.web.connexion import acteur
from portal.web.formulaires import accepted
from portal.web.pieces import give
from portal.web.rendering import render, see_other
from portal.web.session import moyens, session

bp = Blueprint("membres", __name__, url_prefix="/associations/<int:association_id>/membres")


@bp.get("")
@access(may_be_usager)
def lister(association_id: int) -> ResponseReturnValue:
    """Who acts, with which role, proved or not, until when, invited by whom; and the invitations that wait."""
    return render(
        "membres/list.html",
        lot=membres.list_members(session(), acteur(), association_id),
        invitations=invitations.list_sent(session(), acteur(), association_id),
        inviter=can_invite(acteur(), association_id),
    )


@bp.get("/<int:mandat_id>")
@access(may_be_usager)
def montrer(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """One of them, and what I may change."""
    membre = membres.get(session(), acteur(), association_id, mandat_id)
    return _page(membre, _formulaire(membre)(data=_echeance(membre)))


@bp.post("/<int:mandat_id>")
@access(may_be_usager)
def changer(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Somebody's role and last day, or my own last day."""
    membre = membres.get(session(), acteur(), association_id, mandat_id)
    form = _formulaire(membre)()

    def act() -> None:
        if membre.moi:
            services.state_end(session(), by=acteur(), association_id=association_id, fin_le=form.fin_le.valeur)
        else:
            role, fin_le = RoleMandat.AIDANT if membre.aidant else RoleMandat(form.role.data), form.fin_le.valeur
            services.change(session(), by=acteur(), mandat=membre.mandat, role=role, fin_le=fin_le)

    if not accepted(form, act):
        return _page(membre, form, status=422)
    return see_other(url_for(".lister", association_id=association_id), message="Le changement est enregistré.")


@bp.get("/<int:mandat_id>/fin")
@access(may_be_usager)
def preparer_fin(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Why somebody should not act any more."""
    membre = membres.get(session(), acteur(), association_id, mandat_id)
    return render("membres/fin.html", membre=membre, form=FinForm())


@bp.post("/<int:mandat_id>/fin")
@access(may_be_usager)
def finir(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """End that mandat."""
    membre, form = membres.get(session(), acteur(), association_id, mandat_id), FinForm()
    if not accepted(form, lambda: mandats.end(session(), by=acteur(), mandat=membre.mandat, motif=form.motif.data)):
        return render("membres/fin.html", status=422, membre=membre, form=form)
    message = f"{membre.nom} n’agit plus pour l’association. Les dossiers restent."
    return see_other(url_for(".lister", association_id=association_id), message=message)


@bp.get("/<int:mandat_id>/mandat-ecrit")
@access(may_be_usager)
def telecharger(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """The written mandate of an aidant."""
    antivirus = moyens().antivirus is not None
    ecrit, nom = membres.written_mandate(session(), acteur(), association_id, mandat_id, antivirus=antivirus)
    objet = f"association:{association_id}"
    return give(ecrit, nom, action="mandat_ecrit_consulte", objet=objet, mandat=mandat_id)


@bp.get("/<int:mandat_id>/brouillons")
@access(may_be_usager)
def preparer_partage(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Which of my drafts somebody may read and fill in."""
    membre = membres.get(session(), acteur(), association_id, mandat_id)
    user_id = membre.mandat.user_id
    ouverts = [un.id for un in membres.list_drafts(session(), acteur(), association_id) if un.confiee_a_id == user_id]
    return _page_de_partage(membre, PartageForm(data={"demandes": ouverts}))


@bp.post("/<int:mandat_id>/brouillons")
@access(may_be_usager)
def partager(association_id: int, mandat_id: int) -> ResponseReturnValue:
    """Open them."""
    membre, form = membres.get(session(), acteur(), association_id, mandat_id), PartageForm()
    form.proposer(_titres(association_id))
    demandes = form.demandes.data or []
    if not accepted(form, lambda: services.entrust(session(), by=acteur(), mandat=membre.mandat, demandes=demandes)):
        return _page_de_partage(membre, form, status=422)
    message = f"{len(demandes)} brouillon(s) ouvert(s) à {membre.nom}."
    return see_other(url_for(".lister", association_id=association_id), message=message)


@bp.get("/quitter")
@access(may_be_usager)
def preparer_depart(association_id: int) -> ResponseReturnValue:
    """What leaving changes, and who takes over what nobody else sees."""
    return _page_de_depart(association_id, DepartForm())


@bp.post("/quitter")
@access(may_be_usager)
def quitter(association_id: int) -> ResponseReturnValue:
    """Leave."""
    mienne, form = associations.get_mine(session(), acteur(), association_id), DepartForm()
    repreneurs = {un.mandat.id: un for un in membres.heirs(session(), acteur(), association_id)}
    form.proposer([(un, membre.nom) for un, membre in repreneurs.items()])

    def act() -> None:
        services.leave(
            session(),
            by=acteur(),
            association_id=association_id,
            repreneur=repreneurs.get(form.repreneur.data or 0),
            sans_repreneur=form.sans_repreneur.data,
        )

    if not accepted(form, act):
        return _page_de_depart(association_id, form, status=422)
    message = f"Vous n’agissez plus pour «\u00a0{mienne.association.denomination}\u00a0». Les dossiers restent."
    return see_other(url_for("associations.lister"), message=message)


def _formulaire(membre: membres.Membre) -> type[EcheanceForm]:
    """Of oneself and of an aidant, only the last day is asked."""
    return EcheanceForm if membre.moi or membre.aidant else ChangementForm


def _echeance(membre: membres.Membre) -> dict[str, object]:
    fin_le = membre.mandat.fin_le
    jour = {"jour": str(fin_le.day), "mois": str(fin_le.month), "annee": str(fin_le.year)} if fin_le else {}
    return {"role": membre.mandat.role.value, "fin_le": jour}


def _titres(association_id: int) -> list[tuple[int, str]]:
    brouillons = membres.list_drafts(session(), acteur(), association_id)
    return [(un.id, un.demarche.titre) for un in brouillons]


def _page(membre: membres.Membre, form: EcheanceForm, status: int = 200) -> ResponseReturnValue:
    return render("membres/show.html", status=status, membre=membre, form=form)


def _page_de_partage(membre: membres.Membre, form: PartageForm, status: int = 200) -> ResponseReturnValue:
    form.proposer(_titres(membre.mandat.association_id))
    return render("membres/brouillons.html", status=status, membre=membre, form=form)


def _page_de_depart(association_id: int, form: DepartForm, status: int = 200) -> ResponseReturnValue:
    mienne = associations.get_mine(session(), acteur(), association_id)
    heritiers = membres.heirs(session(), acteur(), association_id)
    form.proposer([(un.mandat.id, un.nom) for un in heritiers])
    return render(
        "membres/quitter.html",
        status=status,
        mienne=mienne,
        brouillons=membres.list_my_drafts(session(), acteur(), association_id),
        heritiers=heritiers,
        form=form,
    )
