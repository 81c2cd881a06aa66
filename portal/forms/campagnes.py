"""What a responsable says of a campaign, and the putting off of its closing."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wtforms import Form, FormField, HiddenField

from portal.formats import PARIS, ValeurIllisible, montant_a_saisir
from portal.forms.base import Formulaire
from portal.forms.champs import Annee, Liste, Montant, Texte, TexteLong
from portal.forms.dates import Jour, JourAttendu
from portal.forms.echeances import LIEUX, METROPOLE, Heure, a_paris, heure_fr
from portal.vocabulaire_demandes import LIBELLES_SECTION, SectionDemande

CHANGEE = (
    "Une autre personne a modifié cette campagne pendant que vous écriviez. Rien n’est enregistré\u00a0: ce que vous avez écrit "
    "est dans les champs plus bas. Comparez avec la campagne telle qu’elle est, puis enregistrez de nouveau."
)


class _Aides(Form):  # type: ignore[misc]  # WTForms bears no types
    """A help text for each section of the form."""


for _section in SectionDemande:
    setattr(_Aides, _section.value, TexteLong(LIBELLES_SECTION[_section], requis=False, maximum=2_000))


class CampagneForm(Formulaire):
    """A campaign, kept whatever is still missing: what publishing needs is checked then."""

    version = HiddenField()
    titre = Texte("Titre", maximum=300)
    exercice = Annee("Exercice", requis=False, description="L’année que financent les subventions, par exemple 2027.")
    dispositif = Texte(
        "Dispositif", requis=False, maximum=100, description="Par exemple FDVA 2, Politique de la ville."
    )
    programme = Texte("Programme budgétaire", requis=False, maximum=10, description="Son numéro, par exemple 163.")
    description = TexteLong("Ce que la campagne finance", requis=False)
    public = TexteLong("Qui peut demander", requis=False)
    montants = TexteLong("Combien", requis=False, description="Plancher, plafond, part du budget, en quelques phrases.")
    enveloppe = Montant("Enveloppe à répartir", requis=False)
    ouverture = Jour("Premier jour", requis=False, description="À partir de minuit, heure de Paris.")
    cloture = Jour("Dernier jour", requis=False)
    cloture_heure = Heure(
        "Heure de clôture, à Paris",
        requis=False,
        description="Par exemple 12 h 00. Sans réponse\u00a0: 23 h 59, jusqu’à la dernière seconde du jour.",
    )
    fuseau = Liste(
        "Heure locale à montrer aussi",
        [(nom, f"L’heure {lieu}") for nom, lieu in LIEUX.items()],
        requis=False,
        description="Pour une campagne ouverte outre-mer\u00a0: la clôture est dite aux deux heures.",
    )
    aides = FormField(_Aides, "Aides")

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Opening and closing, aware. Read them once `validate` has succeeded."""
        ouverture, cloture = self.ouverture.valeur, self.cloture.valeur
        return (
            a_paris(ouverture, datetime.min.time()) if ouverture else None,
            a_paris(cloture, self.cloture_heure.valeur or _FIN) if cloture else None,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Read each field, then the hour with its day."""
        lisible = bool(super().validate(extra_validators))
        return _heure_lisible(self) and lisible

    def valeurs(self) -> dict[str, Any]:
        """What the services take. Read it once `validate` has succeeded."""
        ouverture, cloture = self.instants()
        textes = {nom: self[nom].valeur or "" for nom in ("titre", "dispositif", "programme", *LONGS)}
        return {
            **textes,
            "exercice": self.exercice.valeur,
            "enveloppe": self.enveloppe.valeur,
            "ouverture": ouverture,
            "cloture": cloture,
            "fuseau": self.fuseau.data or METROPOLE,
            "aides": {champ.short_name: champ.valeur for champ in self.aides if champ.valeur},
        }


_FIN = datetime.max.time().replace(second=0, microsecond=0)
LONGS = ("description", "public", "montants")


class ProlongationForm(Formulaire):
    """A later closing for everybody, and why."""

    version = HiddenField()
    cloture = JourAttendu("Nouveau dernier jour", absence="Écrivez le nouveau dernier jour.")
    cloture_heure = Heure("Heure de clôture, à Paris", requis=False, description="Sans réponse\u00a0: 23 h 59.")
    motif = TexteLong(
        "Motif",
        maximum=1_000,
        description="Les associations le lisent sur la page de la campagne et dans le message qu’elles reçoivent.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Read each field, then the hour with its day."""
        lisible = bool(super().validate(extra_validators))
        if self.motif.manque:
            self.motif.refuser("Écrivez pourquoi la clôture est repoussée.")
            lisible = False
        return _heure_lisible(self) and lisible

    def instant(self) -> datetime:
        """The new closing. Read it once `validate` has succeeded."""
        return a_paris(self.cloture.valeur, self.cloture_heure.valeur or _FIN)


class BoutonForm(Formulaire):
    """Nothing to type: one button. `version`: what its page showed."""

    version = HiddenField()


def version_lue(form: Any) -> int:
    """The lock that a page posts back; an unreadable one never matches."""
    brute = form.version.data or ""
    return int(brute) if re.fullmatch(r"[0-9]{1,9}", brute, re.ASCII) else -1


def _heure_lisible(form: Any) -> bool:
    """Whether the closing exists in Paris; otherwise the hour says why."""
    jour = form.cloture.form.valeur
    try:
        if jour:
            a_paris(jour, form.cloture_heure.valeur or _FIN)
    except ValeurIllisible as refus:
        form.cloture_heure.refuser(str(refus))
        return False
    return True


def saisies(campagne: Any) -> Mapping[str, Any]:
    """The fields of CampagneForm as they show a campaign."""
    return {
        "version": str(campagne.version),
        **{nom: getattr(campagne, nom) for nom in ("titre", "dispositif", "programme", "fuseau", *LONGS)},
        "exercice": str(campagne.exercice or ""),
        "enveloppe": montant_a_saisir(campagne.enveloppe),
        "ouverture": _jour(campagne.ouverture),
        "cloture": _jour(campagne.cloture),
        "cloture_heure": heure_fr(campagne.cloture.astimezone(PARIS).time()) if campagne.cloture else "",
        "aides": campagne.aides,
    }


def _jour(instant: datetime | None) -> dict[str, str]:
    paris = instant.astimezone(PARIS) if instant else None
    return {"jour": str(paris.day), "mois": str(paris.month), "annee": str(paris.year)} if paris else {}
