"""Client of API Association, through API Entreprise: it knows associations that have an RNA and no SIREN."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from integrations.annuaire import lecture
from integrations.annuaire.api import Adresse, AnnuaireIndisponible, Etablissement, Fiche
from integrations.annuaire.appel import Appel
from integrations.annuaire.disjoncteur import Disjoncteur

CHEMIN = "/v4/djepva/api-association/associations/open_data/"


class ApiAssociation:
    """An `Annuaire` behind a token. API Entreprise asks who reads (`destinataire`, a SIRET), why, and for what."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        destinataire: str = "",
        contexte: str = "Demandes de subvention",
        objet: str = "Rattachement d’une association",
        disjoncteur: Disjoncteur | None = None,
        transport: httpx.BaseTransport | None = None,
        horloge: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        en_tetes = {"Authorization": f"Bearer {token}"}
        self._appel = Appel(url, en_tetes=en_tetes, disjoncteur=disjoncteur, transport=transport)
        self._trace = {"recipient": destinataire, "context": contexte, "object": objet}
        self._horloge = horloge

    def par_siren(self, siren: str) -> Fiche | None:
        """See `Annuaire.par_siren`."""
        return self._demander(siren, lambda fiche: fiche.siren == siren)

    def par_siret(self, siret: str) -> Fiche | None:
        """See `Annuaire.par_siret`. Asked by SIREN, which is the first nine digits."""
        return self._demander(siret[:9], lambda fiche: fiche.possede(siret))

    def par_rna(self, rna: str) -> Fiche | None:
        """See `Annuaire.par_rna`."""
        return self._demander(rna, lambda fiche: fiche.rna == rna)

    def par_nom(self, _nom: str, _lieu: str, /) -> tuple[Fiche, ...]:
        """See `Annuaire.par_nom`. This register answers to numbers alone."""
        raise AnnuaireIndisponible("Ce registre ne se cherche pas par nom.")

    def _demander(self, identifiant: str, convient: Callable[[Fiche], bool]) -> Fiche | None:
        def lire(reponse: object) -> Fiche | None:
            fiche = _fiche(lecture.objet(lecture.champ(reponse, "data")), self._horloge())
            return fiche if convient(fiche) else None

        return self._appel.fiche(CHEMIN + quote(identifiant, safe=""), self._trace, lire)


def _fiche(data: Mapping[str, object], observed_at: datetime) -> Fiche:
    dissoute = lecture.jour(data, "date_dissolution") is not None
    return Fiche(
        source="api-association",
        observed_at=observed_at,
        denomination=lecture.exige(data, "nom"),
        sigle=lecture.texte(data, "sigle"),
        siren=lecture.texte(data, "siren"),
        siret_siege=lecture.texte(data, "siret_siege"),
        rna=lecture.texte(data, "rna"),
        objet=lecture.texte(lecture.objet(data.get("activites") or {}), "objet"),
        nature_juridique=lecture.texte(lecture.objet(data.get("forme_juridique") or {}), "code"),
        est_association=True,
        active=data.get("active") is True and not dissoute,
        date_creation=lecture.jour(data, "date_creation"),
        adresse=_adresse(data.get("adresse_siege")),
        etablissements=tuple(_etablissement(place) for place in lecture.objets(data.get("etablissements"))),
    )


def _etablissement(place: Mapping[str, object]) -> Etablissement:
    return Etablissement(
        siret=lecture.exige(place, "siret"),
        siege=place.get("siege") is True,
        adresse=_adresse(place.get("adresse")),
        actif=place.get("actif") is True,
    )


def _adresse(valeur: object) -> Adresse:
    return lecture.adresse(lecture.objet(valeur or {}), commune="commune", code_commune="code_insee")
