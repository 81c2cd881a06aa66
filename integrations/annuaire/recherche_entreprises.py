"""Client of recherche-entreprises.api.gouv.fr: open, without a token, and made of units that have a SIREN."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx

from integrations.annuaire import lecture
from integrations.annuaire.api import REPONSES, Adresse, Etablissement, Fiche
from integrations.annuaire.appel import Appel
from integrations.annuaire.disjoncteur import Disjoncteur

# INSEE's legal categories of associations: 9210 to 9260.
NATURES_ASSOCIATION = "92"
# Those that a search by name is asked for, foundations among them (domain.md §3).
NATURES_CHERCHEES = "9210,9220,9221,9222,9223,9230,9240,9260,9300"
CODE_POSTAL = re.compile(r"[0-9]{5}")


class RechercheEntreprises:
    """An `Annuaire`. A search engine stands behind: only an exact match of the number is an answer."""

    def __init__(
        self,
        url: str,
        *,
        disjoncteur: Disjoncteur | None = None,
        transport: httpx.BaseTransport | None = None,
        horloge: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._appel = Appel(url, disjoncteur=disjoncteur, transport=transport)
        self._horloge = horloge

    def par_siren(self, siren: str) -> Fiche | None:
        """See `Annuaire.par_siren`."""
        return self._chercher(siren, lambda fiche: fiche.siren == siren)

    def par_siret(self, siret: str) -> Fiche | None:
        """See `Annuaire.par_siret`. The answer holds the head office and the places that match the question."""
        return self._chercher(siret, lambda fiche: fiche.possede(siret))

    def par_rna(self, rna: str) -> Fiche | None:
        """See `Annuaire.par_rna`. None also for an association that has no SIREN: this register does not hold it."""
        return self._chercher(rna, lambda fiche: fiche.rna == rna)

    def par_nom(self, nom: str, lieu: str, /) -> tuple[Fiche, ...]:
        """See `Annuaire.par_nom`. A postcode is a filter of this register; a commune is one more word to look for."""
        filtre = {"code_postal": lieu} if CODE_POSTAL.fullmatch(lieu) else {}
        question = nom if filtre else f"{nom} {lieu}".strip()

        def lire(reponse: object) -> tuple[Fiche, ...]:
            resultats = lecture.objets(lecture.champ(reponse, "results"))
            return tuple(_fiche(resultat, self._horloge()) for resultat in resultats[:REPONSES])

        page = {"per_page": str(REPONSES), "page": "1", "nature_juridique": NATURES_CHERCHEES}
        return self._appel.fiche("/search", {"q": question, **page, **filtre}, lire) or ()

    def _chercher(self, question: str, convient: Callable[[Fiche], bool]) -> Fiche | None:
        def lire(reponse: object) -> Fiche | None:
            resultats = lecture.objets(lecture.champ(reponse, "results"))
            fiches = (_fiche(resultat, self._horloge()) for resultat in resultats)
            return next((fiche for fiche in fiches if convient(fiche)), None)

        return self._appel.fiche("/search", {"q": question, "per_page": str(REPONSES), "page": "1"}, lire)


def _fiche(unite: Mapping[str, object], observed_at: datetime) -> Fiche:
    siege = lecture.objet(lecture.champ(unite, "siege"))
    complements = lecture.objet(unite.get("complements") or {})
    nature = lecture.texte(unite, "nature_juridique")
    etats = (lecture.texte(unite, "etat_administratif") or "A", lecture.texte(siege, "etat_administratif"))
    return Fiche(
        source="recherche-entreprises",
        observed_at=observed_at,
        denomination=lecture.texte(unite, "nom_raison_sociale") or lecture.exige(unite, "nom_complet"),
        sigle=lecture.texte(unite, "sigle"),
        siren=lecture.exige(unite, "siren"),
        siret_siege=lecture.texte(siege, "siret"),
        rna=lecture.texte(complements, "identifiant_association"),
        objet=None,
        nature_juridique=nature,
        est_association=complements.get("est_association") is True or (nature or "").startswith(NATURES_ASSOCIATION),
        active=etats == ("A", "A"),
        date_creation=lecture.jour(unite, "date_creation") or lecture.jour(siege, "date_creation"),
        adresse=_adresse(siege),
        etablissements=_etablissements(siege, lecture.objets(unite.get("matching_etablissements"))),
    )


def _etablissements(siege: Mapping[str, object], autres: list[Mapping[str, object]]) -> tuple[Etablissement, ...]:
    par_siret = {
        lecture.exige(place, "siret"): Etablissement(
            siret=lecture.exige(place, "siret"),
            siege=place.get("est_siege") is True,
            adresse=_adresse(place),
            actif=lecture.texte(place, "etat_administratif") == "A",
        )
        for place in (*autres, siege)
    }
    return tuple(sorted(par_siret.values(), key=lambda place: (not place.siege, place.siret)))


def _adresse(place: Mapping[str, object]) -> Adresse:
    """The head office gives the street in parts; the other places give one line that ends with postcode and town."""
    adresse = lecture.adresse(place, commune="libelle_commune", code_commune="commune")
    if adresse.voie:
        return adresse
    ligne = lecture.texte(place, "adresse") or ""
    voie = ligne.removesuffix(f"{adresse.code_postal} {adresse.commune}").strip()
    return Adresse(voie, adresse.code_postal, adresse.commune, adresse.code_commune)
