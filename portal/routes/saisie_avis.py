"""The page where an avis is written, on a dossier or an association: its draft, its file, what is kept when it is refused."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.formats import heure_fr, maintenant
from portal.forms.avis import AvisForm, FichierForm, typed
from portal.models.avis import Avis
from portal.models.documents import Fichier
from portal.queries import brouillons_avis as brouillons
from portal.queries import reponses_avis
from portal.queries.reponses_avis import Objet, PourRepondre
from portal.services import avis as services
from portal.services import brouillons_avis
from portal.vocabulaire import Audience, SensAvis
from portal.web.connexion import acteur
from portal.web.formulaires import accepted, attempted
from portal.web.pieces import keep_document
from portal.web.rendering import render, see_other
from portal.web.session import rendre, session

CONFLIT = 409
BROUILLON = "brouillon"
RIEN = "Rien n’est écrit\u00a0: aucun brouillon n’est gardé."
VIDE = "Plus rien n’est écrit\u00a0: le brouillon gardé est vide."
FormulaireAvis = TypeVar("FormulaireAvis", bound=AvisForm)


@dataclass(frozen=True)
class Adresses:
    """Where the page posts: the avis, its draft, its forgetting; where it comes back to, and what it calls that."""

    donner: str
    brouillon: str
    effacer: str
    retour: str
    libelle_retour: str


def begin(classe: type[FormulaireAvis], contexte: PourRepondre, **debut: object) -> FormulaireAvis:
    """The form as the page opens it: the draft, unless an earlier avis is taken up again, else the avis as it stands."""
    reprendre = request.args.get("reprendre", type=int)
    data = {**debut, **reponses_avis.a_ecrire(contexte, reprendre)}
    if contexte.brouillon is not None and reprendre is None:
        champs = {nom: textes for nom, textes in contexte.brouillon.champs.items() if isinstance(textes, list)}
        form = classe(formdata=MultiDict(champs), data=data)
    else:
        form = classe(data=data)
    form.page.data = secrets.token_hex(8)
    return lock(form, contexte)


def lock(form: FormulaireAvis, contexte: PourRepondre) -> FormulaireAvis:
    """Show the page on the versions of now."""
    mien, brouillon = contexte.mien, contexte.brouillon
    form.version.data = f"{mien.version if mien else 0}.{brouillon.version if brouillon else 0}"
    form.offer(contexte.lecteurs)
    return form


def keep_draft(objet: Objet, form: AvisForm) -> int | None:
    """Keep what is typed so far; None when another page has written meanwhile. An empty page begins no draft."""
    if form.vierge and not form.brouillon_lu:
        brouillons_avis.require(session(), acteur(), objet)
        return 0
    return brouillons_avis.save(
        session(),
        by=acteur(),
        objet=objet,
        champs=_typed(form),
        version=form.brouillon_lu,
        page=(form.page.data or "")[:40],
    )


def say_kept(adresse: str, form: AvisForm, message: str) -> ResponseReturnValue:
    """Back to the page whose draft is kept; that nothing was typed is said instead."""
    if form.vierge:
        return see_other(adresse, message=VIDE if form.brouillon_lu else RIEN, genre="attention")
    return see_other(adresse, message=message)


def show_draft(objet: Objet, form: AvisForm, adresses: Adresses) -> ResponseReturnValue:
    """Keep it by itself, and answer when, with the new versions: never the fields."""
    version = keep_draft(objet, form)
    return render(
        "avis/brouillon.html",
        partial="avis/_brouillon.html",
        status=CONFLIT if version is None else 200,
        heure=heure_fr(maintenant()),
        refus=brouillons_avis.AILLEURS if version is None else "",
        verrou=f"{form.lue}.{form.brouillon_lu if version is None else version}",
        adresses=adresses,
    )


def receive(load: Callable[[], Objet], form: AvisForm, give: Callable[[Objet], object]) -> int | None:
    """Give the avis: None once it is given, else the status of the page to show again. Its file is kept in any case."""
    form.offer(reponses_avis.pour_repondre(session(), acteur(), load()).lecteurs)
    joint = FichierForm()
    if not accepted(joint, lambda: _join(load, form, joint)):
        form.validate()
        form.fichier.errors = joint.fichier.errors
        form.form_errors.extend(joint.form_errors)
        return 422
    rendre()
    return attempted(form, lambda: give(load()))


def draft_refused(form: AvisForm) -> int:
    """The page is shown again because its draft is written elsewhere."""
    form.form_errors.append(brouillons_avis.AILLEURS)
    return CONFLIT


def give(objet: Objet, form: AvisForm, *, valable_jusqu_au: date | None = None) -> Avis:
    """Give what the form says, with the file that the page shows."""
    fichier, nom = _file(objet, retirer=form.retirer_fichier.data)
    return services.give(
        session(),
        by=acteur(),
        objet=objet,
        sens=SensAvis(form.sens.data),
        montant_propose=form.montant_propose.valeur,
        texte=form.texte.data,
        audience=Audience(form.audience.data),
        version=form.lue,
        fichier=fichier,
        fichier_nom=nom,
        repris_de_id=form.repris,
        valable_jusqu_au=valable_jusqu_au,
    )


def wants_draft() -> bool:
    """The button « Garder en brouillon » was pressed."""
    return request.form.get("geste") == BROUILLON


def ids(textes: Collection[str]) -> list[int]:
    """Numbers that rows may bear."""
    return [int(texte) for texte in textes if texte.isascii() and texte.isdigit() and len(texte) < 19]


def _join(load: Callable[[], Objet], form: AvisForm, joint: FichierForm) -> None:
    """Keep the file with all that was typed beside it, before anything else is looked at."""
    if not joint.fichier.octets:
        return
    fichier = keep_document(joint.fichier)
    brouillons_avis.join_file(
        session(), by=acteur(), objet=load(), champs=_typed(form), fichier=fichier, nom=joint.fichier.nom_fichier
    )


def _file(objet: Objet, *, retirer: bool) -> tuple[Fichier | None, str]:
    """The file of the draft, else the one that the avis had, unless it is taken off."""
    brouillon = brouillons.of_object(session(), acteur(), objet)
    if brouillon is not None and brouillon.fichier is not None:
        return brouillon.fichier, brouillon.fichier_nom
    mien = reponses_avis.own(session(), acteur(), objet)
    if retirer or mien is None:
        return None, ""
    return mien.fichier, mien.fichier_nom


def _typed(form: AvisForm) -> dict[str, object]:
    return {**typed(request.form, (champ.name for champ in form)), "avis_version": form.lue}
