"""The page where several avis are given at once: its lines, read and given each by itself."""

from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import MultiDict

from portal.formats import montant_a_saisir
from portal.forms.avis import LigneAvisForm, MemeReponseForm, audience_choices
from portal.models.avis import Avis
from portal.queries.avis_a_donner import LigneARepondre
from portal.services.lots_avis import Reponse, give_each
from portal.vocabulaire import Audience, SensAvis
from portal.vocabulaire_avis import AUDIENCES_PAR_LARGEUR, narrowest
from portal.web.connexion import acteur
from portal.web.session import session


@dataclass(slots=True)
class LigneLot:
    """One line of the page. `refus`: why it was not given, "" as long as nothing refuses it."""

    vue: LigneARepondre
    form: LigneAvisForm
    refus: str = ""

    @property
    def touchee(self) -> bool:
        """The person answers here: what stands there from the beginning is the former avis, which nobody gives again unasked."""
        return self.form.says_other_than(_said(self.vue))


@dataclass(slots=True)
class LotAvis:
    """The page: what the ticked lines say, and each line."""

    commun: MemeReponseForm
    lignes: list[LigneLot] = field(default_factory=list)

    @property
    def correct(self) -> bool:
        """Nothing of what was sent was refused."""
        return not self.commun.errors and not any(une.refus or une.form.errors for une in self.lignes)


def prepare(vues: tuple[LigneARepondre, ...], commun: MemeReponseForm) -> LotAvis:
    """The page to fill in: each line says what the service has already said."""
    return LotAvis(commun, [LigneLot(vue, _begin(vue)) for vue in vues])


def receive(vues: tuple[LigneARepondre, ...], commun: MemeReponseForm) -> LotAvis:
    """What was sent, checked line by line; a page on which nothing is filled in says so."""
    lot = LotAvis(commun, [LigneLot(vue, _bound(vue)) for vue in vues])
    commun.validate()
    touchees = [une for une in lot.lignes if une.touchee]
    if not touchees:
        commun.form_errors.append("Aucune ligne n’est remplie\u00a0: donnez au moins un avis, ou cochez des lignes.")
    for une in touchees:
        une.form.validate()
        if not _sens(lot, une):
            une.form.sens.errors = ["Choisissez le sens de cet avis."]
        if not _texte(lot, une):
            une.form.texte.errors = ["Écrivez cet avis en quelques mots."]
        commun.form_errors.extend(f"{une.vue.nom}\u00a0: {phrase}" for phrase in _phrases(une.form))
    return lot


def take_up(vues: tuple[LigneARepondre, ...], commun: MemeReponseForm, choix: str) -> LotAvis:
    """The page as it was sent, one line of it with an earlier avis copied in: « 12:34 », the request and the avis."""
    demande, _, repris = choix.partition(":")
    saisie = request.form.copy()
    for vue in vues:
        for avis, _sur in vue.reprises if str(vue.demande.id) == demande else ():
            if str(avis.id) == repris:
                _copy(saisie, _prefix(vue), avis)
    return LotAvis(commun, [LigneLot(vue, _bound(vue, saisie)) for vue in vues])


def _copy(saisie: MultiDict[str, str], prefixe: str, avis: Avis) -> None:
    """What is typed stays: the text is added to it, the rest fills what was left open."""
    texte = saisie.get(f"{prefixe}texte", "").strip()
    copie = {
        "sens": saisie.get(f"{prefixe}sens") or avis.sens.value,
        "montant_propose": saisie.get(f"{prefixe}montant_propose") or montant_a_saisir(avis.montant_propose),
        "texte": "\n\n".join(un for un in (texte, avis.texte) if un),
        "repris_de": str(avis.id),
    }
    for nom, valeur in copie.items():
        saisie[f"{prefixe}{nom}"] = valeur


def give(lot: LotAvis) -> tuple[str, ...]:
    """Give the lines that are in order, each by itself; the names of those that were. They leave the page, the others stay."""
    if lot.commun.sens.errors or lot.commun.montant_propose.errors or lot.commun.texte.errors:
        return ()
    pretes = [une for une in lot.lignes if une.touchee and not une.form.errors]
    refus = give_each(session(), by=acteur(), reponses=[_reponse(lot, une) for une in pretes])
    for une in pretes:
        une.refus = refus.get(une.vue.demande.id, "")
    faites = [une for une in pretes if not une.refus]
    noms = tuple(une.vue.nom for une in faites)
    lot.lignes = [une for une in lot.lignes if une not in faites]
    return noms


def _phrases(form: LigneAvisForm) -> list[str]:
    """What is wrong on a line, for the summary at the top of the page."""
    return [str(phrase) for champ in form for phrase in champ.errors]


def _begin(vue: LigneARepondre) -> LigneAvisForm:
    largeur = AUDIENCES_PAR_LARGEUR[min(len(vue.lecteurs) - 1, 1)]
    debut = {"audience": largeur.value, "version": vue.mien.version if vue.mien else 0, **_said(vue)}
    return _offered(LigneAvisForm(prefix=_prefix(vue), data=debut), vue)


def _said(vue: LigneARepondre) -> dict[str, object]:
    """What the service has said of it already, as its fields show it."""
    if vue.mien is None:
        return {}
    return {
        "sens": vue.mien.sens.value,
        "montant_propose": montant_a_saisir(vue.mien.montant_propose),
        "texte": vue.mien.texte,
        "audience": narrowest(vue.mien.audience, AUDIENCES_PAR_LARGEUR[len(vue.lecteurs) - 1]).value,
    }


def _bound(vue: LigneARepondre, saisie: MultiDict[str, str] | None = None) -> LigneAvisForm:
    return _offered(LigneAvisForm(saisie or request.form, prefix=_prefix(vue)), vue)


def _offered(form: LigneAvisForm, vue: LigneARepondre) -> LigneAvisForm:
    form.audience.choices = audience_choices(vue.lecteurs)
    return form


def _prefix(vue: LigneARepondre) -> str:
    return f"d{vue.demande.id}-"


def _sens(lot: LotAvis, une: LigneLot) -> str:
    commun = lot.commun.sens.data if une.form.meme.data else ""
    return une.form.sens.data or commun or ""


def _texte(lot: LotAvis, une: LigneLot) -> str:
    commun = lot.commun.texte.data if une.form.meme.data else ""
    return une.form.texte.data or commun or ""


def _reponse(lot: LotAvis, une: LigneLot) -> Reponse:
    """What a line says, else what is said once for the ticked ones."""
    montant = une.form.montant_propose.valeur
    if montant is None and une.form.meme.data:
        montant = lot.commun.montant_propose.valeur
    return Reponse(
        demande_id=une.vue.demande.id,
        objet=une.vue.objet,
        sens=SensAvis(_sens(lot, une)),
        montant_propose=montant,
        texte=_texte(lot, une),
        audience=Audience(une.form.audience.data),
        version=une.form.version.data or 0,
        repris_de_id=une.form.repris,
    )
