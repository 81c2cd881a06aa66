"""From a DS champ to what a French reader sees: one small reader per type, DS's own text for all the others."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.demarches_simplifiees.francais import NBSP, date_francaise, instant_francais, nombre_francais
from integrations.demarches_simplifiees.noeuds import Noeud, booleen, entier, instant, objet, objets, texte, textes
from integrations.demarches_simplifiees.types import Champ, FichierDS, Partie

ECHAPPATOIRE = "stringValue"


@dataclass(frozen=True, slots=True)
class _Valeur:
    """What is shown, and what a program reads."""

    valeur: str
    brut: str


def lire_fichier(noeud: Noeud, partie: Partie, *, porteur: str = "", libelle: str = "", rang: int = 0) -> FichierDS:
    """A DS File; the older shape gives its size as `byteSize`, sometimes as text."""
    taille = entier(noeud, "byteSizeBigInt")
    return FichierDS(
        partie=partie,
        porteur=porteur,
        rang=rang,
        libelle=libelle,
        filename=texte(noeud, "filename"),
        content_type=texte(noeud, "contentType"),
        checksum=texte(noeud, "checksum"),
        taille=entier(noeud, "byteSize") if taille is None else taille,
        virus=texte(noeud, "virusScanResult"),
        cree_at=instant(noeud, "createdAt"),
        url=texte(noeud, "url"),
    )


def lire_fichiers(noeud: Noeud, cle: str, partie: Partie) -> tuple[FichierDS, ...]:
    """The files listed under `cle` of a champ, an avis or a message."""
    return tuple(
        lire_fichier(un, partie, porteur=texte(noeud, "id"), libelle=texte(noeud, "label"), rang=rang)
        for rang, un in enumerate(objets(noeud, cle))
    )


def lire_champ(noeud: Noeud, partie: Partie = Partie.CHAMPS) -> Champ:
    """Any DS champ. An unknown type, or a known one without its own value, shows DS's `stringValue`."""
    genre = texte(noeud, "__typename")
    lu = _LECTEURS.get(genre, _tel_quel)(noeud)
    lignes = tuple(tuple(lire_champ(un, partie) for un in objets(ligne, "champs")) for ligne in objets(noeud, "rows"))
    return Champ(
        id=texte(noeud, "id"),
        descriptor_id=texte(noeud, "champDescriptorId"),
        type=genre,
        label=texte(noeud, "label"),
        valeur=lu.valeur,
        brut=lu.brut,
        vide=not lu.valeur,
        lignes=lignes,
        fichiers=lire_fichiers(noeud, "files", partie),
        niveau=entier(noeud, "level"),
    )


def _tel_quel(noeud: Noeud) -> _Valeur:
    valeur = texte(noeud, ECHAPPATOIRE).strip()
    return _Valeur(valeur, valeur)


def _ou_tel_quel(valeur: str, noeud: Noeud) -> _Valeur:
    """DS's text when it sends one, else ours."""
    dit = texte(noeud, ECHAPPATOIRE).strip() or valeur
    return _Valeur(dit, dit)


def _valeur_simple(cle: str) -> Callable[[Noeud], _Valeur]:
    return lambda noeud: _ou_tel_quel(texte(noeud, cle), noeud)


def _oui_non(cle: str) -> Callable[[Noeud], _Valeur]:
    def lire(noeud: Noeud) -> _Valeur:
        dit = booleen(noeud, cle)
        dit = booleen(noeud, ECHAPPATOIRE) if dit is None else dit
        if dit is None:
            return _tel_quel(noeud)
        return _Valeur("Oui", "true") if dit else _Valeur("Non", "false")

    return lire


def _nombre(cle: str) -> Callable[[Noeud], _Valeur]:
    """DS's text first: it keeps the cents that a JSON float may blur."""

    def lire(noeud: Noeud) -> _Valeur:
        brut = texte(noeud, ECHAPPATOIRE).strip() or texte(noeud, cle)
        return _Valeur(nombre_francais(brut), brut)

    return lire


def _date(noeud: Noeud) -> _Valeur:
    iso = texte(noeud, "date")
    return _Valeur(date_francaise(iso), iso) if date_francaise(iso) else _tel_quel(noeud)


def _instant(noeud: Noeud) -> _Valeur:
    lu = instant(noeud, "datetime")
    dit = instant_francais(lu) if lu else ""
    return _Valeur(dit, lu.isoformat()) if lu and dit else _tel_quel(noeud)


def _choix_multiple(noeud: Noeud) -> _Valeur:
    return _ou_tel_quel(", ".join(textes(noeud, "values")), noeud)


def _choix_lies(noeud: Noeud) -> _Valeur:
    choisis = (texte(noeud, "primaryValue"), texte(noeud, "secondaryValue"))
    return _ou_tel_quel(" / ".join(un for un in choisis if un), noeud)


def _sous_objet(cle: str, sous_cle: str) -> Callable[[Noeud], _Valeur]:
    return lambda noeud: _ou_tel_quel(texte(objet(noeud, cle), sous_cle), noeud)


def _pieces(noeud: Noeud) -> _Valeur:
    noms = ", ".join(texte(un, "filename") for un in objets(noeud, "files"))
    return _Valeur(noms, noms) if noms else _tel_quel(noeud)


def _titre_identite(noeud: Noeud) -> _Valeur:
    return _Valeur("Pièce fournie", "true") if booleen(noeud, "filled") else _tel_quel(noeud)


def _repetition(noeud: Noeud) -> _Valeur:
    return _compte(len(objets(noeud, "rows")), "ligne", noeud)


def _carte(noeud: Noeud) -> _Valeur:
    return _compte(len(objets(noeud, "geoAreas")), "zone", noeud)


def _compte(combien: int, nom: str, noeud: Noeud) -> _Valeur:
    if not combien:
        return _tel_quel(noeud)
    return _Valeur(f"{combien}{NBSP}{nom}{'s' if combien > 1 else ''}", str(combien))


_LECTEURS: dict[str, Callable[[Noeud], _Valeur]] = {
    "TextChamp": _valeur_simple("text"),
    "CheckboxChamp": _oui_non("checked"),
    "YesNoChamp": _oui_non("yesNo"),
    "DateChamp": _date,
    "DatetimeChamp": _instant,
    "IntegerNumberChamp": _nombre("integerNumber"),
    "DecimalNumberChamp": _nombre("decimalNumber"),
    "CiviliteChamp": _valeur_simple("civilite"),
    "DropDownListChamp": _valeur_simple("selected"),
    "MultipleDropDownListChamp": _choix_multiple,
    "LinkedDropDownListChamp": _choix_lies,
    "AddressChamp": _sous_objet("address", "label"),
    "CommuneChamp": _sous_objet("commune", "name"),
    "DepartementChamp": _sous_objet("departement", "name"),
    "RegionChamp": _sous_objet("region", "name"),
    "PaysChamp": _sous_objet("pays", "name"),
    "EpciChamp": _sous_objet("epci", "name"),
    "SiretChamp": _sous_objet("etablissement", "siret"),
    "RNAChamp": _sous_objet("rna", "id"),
    "RNFChamp": _sous_objet("rnf", "id"),
    "PieceJustificativeChamp": _pieces,
    "TitreIdentiteChamp": _titre_identite,
    "RepetitionChamp": _repetition,
    "CarteChamp": _carte,
    "DossierLinkChamp": _sous_objet("dossier", "number"),
}
