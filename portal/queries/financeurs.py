"""Which service an association means when it names a funder in its own words. Pure: it answers None rather than guess."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.formats import mots_de_recherche
from portal.queries.departements import DEPARTEMENTS
from portal.queries.ressemblances import near
from portal.vocabulaire import TypeService

# Words that say of what kind a funder is, the longest names first; each kind under one name.
FAMILLES: tuple[tuple[str, str], ...] = (
    (r"direction departementale (?:de l )?emploi (?:du )?travail (?:et )?(?:des )?solidarites", "ddets"),
    (r"direction departementale (?:de la )?cohesion sociale(?: et (?:de la )?protection des populations)?", "ddets"),
    (r"direction regionale (?:des )?affaires culturelles", "drac"),
    (
        r"delegation regionale academique (?:a la )?jeunesse (?:a l )?(?:engagement )?(?:et )?(?:aux? )?sports?",
        "drajes",
    ),
    (r"service departemental (?:a la )?jeunesse (?:a l )?(?:engagement )?(?:et )?(?:aux? )?sports?", "sdjes"),
    (r"direction regionale (?:de la )?jeunesse (?:des )?sports (?:et )?(?:de la )?cohesion sociale", "drajes"),
    (r"agence nationale (?:de la )?cohesion (?:des )?territoires", "anct"),
    (r"agence nationale (?:du )?sport", "ans"),
    (r"agence regionale (?:de )?sante", "ars"),
    (r"caisse (?:d )?allocations familiales", "caf"),
    (r"mutualite sociale agricole", "msa"),
    (r"communaute (?:de communes|d agglomeration|urbaine)|com ?com|metropole|agglo(?:meration)?", "intercommunalite"),
    (r"conseil (?:departemental|general)|departement|cd|cg", "departement"),
    (r"conseil regional|region|cr", "region"),
    (r"sous prefecture|prefecture|prefet|politique (?:de la )?ville", "prefecture"),
    (r"conseil municipal|mairie|ville|commune|municipalite|ccas", "commune"),
    (r"dd?cs(?:pp)?|ddets(?:pp)?|deets", "ddets"),
    (r"drac", "drac"),
    (r"drajes|drjscs|drdjscs", "drajes"),
    (r"sdjes|fdva", "sdjes"),
    (r"anct|cget", "anct"),
    (r"ars", "ars"),
    (r"caf", "caf"),
    (r"msa", "msa"),
)
MOTIFS = tuple((re.compile(rf"\b(?:{motif})\b"), famille) for motif, famille in FAMILLES)
# The slug of the plan of accounts (account 74) that each kind of funder belongs to.
LIGNES = {
    "ddets": "subventions_etat",
    "drac": "subventions_etat",
    "drajes": "subventions_etat",
    "sdjes": "subventions_etat",
    "prefecture": "subventions_etat",
    "region": "subventions_region",
    "departement": "subventions_departement",
    "intercommunalite": "subventions_intercommunalite",
    "commune": "subventions_commune",
    "caf": "organismes_sociaux",
    "msa": "organismes_sociaux",
    "ars": "autres_etablissements_publics",
    "anct": "autres_etablissements_publics",
    "ans": "autres_etablissements_publics",
}
FAMILLES_DU_TYPE = {
    TypeService.PREFECTURE: "prefecture",
    TypeService.DDETS: "ddets",
    TypeService.DRAJES: "drajes",
    TypeService.SDJES: "sdjes",
    TypeService.DRAC: "drac",
}
SANS_SENS = frozenset(
    mots_de_recherche(
        "a au aux d de des du en et l la le les etat service services direction departementale regionale conseil subvention "
        "aide ex grand financement appel projets dispositif contrat"
    ).split()
)
# « 69 » and « Rhône » are one place.
LIEUX: Mapping[str, frozenset[str]] = {
    code.lower(): frozenset(mots_de_recherche(nom).split()) - SANS_SENS for code, nom in DEPARTEMENTS.items()
}


REGIONS = {
    "ara": "auvergne rhone alpes",
    "aura": "auvergne rhone alpes",
    "bfc": "bourgogne franche comte",
    "hdf": "hauts de france",
    "idf": "ile de france",
    "paca": "provence alpes cote d azur",
    "pdl": "pays de la loire",
}
COLLES = re.compile(r"\b([a-z]{2,})(\d[\dab])\b")
LETTRES = re.compile(r"\b[a-z](?: [a-z]){2,}\b")
MOTS_CONNUS = frozenset(
    mots_de_recherche(
        "ddets drajes sdjes préfecture préfet conseil régional régionale région "
        "départemental départementale département général mairie ville commune "
        "communauté agglomération métropole caisse allocations familiales direction service cohésion sociale affaires culturelles"
    ).split()
)
# A shorter word is not corrected; a word is, when it is that near to a known one.
FAUTE, CORRIGE = 5, 0.85


@dataclass(frozen=True, slots=True)
class ServiceConnu:
    """A service as it is registered here."""

    id: int
    nom: str
    sigle: str
    type: TypeService
    territoire: str = ""


@dataclass(frozen=True, slots=True)
class _Lu:
    """A name once read: of which kinds it may be, of which places, with which other words."""

    familles: frozenset[str]
    lieux: frozenset[str]


class Annuaire:
    """The services of the portal, to be found by the names that people give them."""

    def __init__(self, services: Iterable[ServiceConnu]) -> None:
        self._lus = tuple((un, _service(un)) for un in services)
        self._par_sigle = {_flat(un.sigle): un for un, _ in self._lus}
        self._mots = sorted({mot for un, _ in self._lus for mot in _flat(f"{un.nom} {un.sigle}").split()} | MOTS_CONNUS)
        self._lignes = {un.id: _ligne(lu) for un, lu in self._lus}

    def find(self, nom: str, *, departement: str = "", ligne: str = "") -> ServiceConnu | None:
        """The one service that this name can mean; `departement` (code) and `ligne` (slug of account 74) help to choose.

        None when no service answers, and when several do.
        """
        plat = _flat(nom)
        return self._one(plat, departement, ligne) or self._one(self._corrected(plat), departement, ligne)

    def _one(self, plat: str, departement: str, ligne: str) -> ServiceConnu | None:
        if not plat:
            return None
        if plat in self._par_sigle:
            return self._par_sigle[plat]
        cherche = _read(plat)
        proches = [(un, lu) for un, lu in self._lus if _agree(cherche, lu)]
        if len(proches) > 1 and departement:
            la = _lieux_du_departement(departement)
            proches = [(un, lu) for un, lu in proches if lu.lieux & la] or proches
        if len(proches) > 1 and ligne:
            proches = [(un, lu) for un, lu in proches if self._lignes[un.id] == ligne] or proches
        return proches[0][0] if len(proches) == 1 else None

    def _corrected(self, plat: str) -> str:
        """Each long word that nobody knows in place of the known one that it is a typing fault of."""
        return " ".join(mot if len(mot) < FAUTE or mot in self._mots else self._nearest(mot) for mot in plat.split())

    def _nearest(self, mot: str) -> str:
        note, connu = max(((near(mot, un), un) for un in self._mots if len(un) >= FAUTE), default=(0.0, ""))
        return connu if note >= CORRIGE else mot

    def line_of(self, service_id: int) -> str:
        """The slug of account 74 that what this service gives belongs to, "" when its name does not say."""
        return self._lignes.get(service_id, "")


def _service(un: ServiceConnu) -> _Lu:
    # Of its sigle, the number of a département alone says where it is.
    nombres = " ".join(mot for mot in _flat(un.sigle).split() if mot in LIEUX)
    lu = _read(_flat(f"{un.nom} {nombres} {un.territoire}"))
    famille = FAMILLES_DU_TYPE.get(un.type)
    if famille is not None:
        return _Lu(frozenset({famille}), lu.lieux)
    # A « métropole » that bears the name of its town is no town hall.
    premiere = _read(_flat(un.nom)).familles
    return _Lu(premiere or lu.familles, lu.lieux)


def _flat(nom: str) -> str:
    """Its words, « DDETS69 » in two, « D.R.A.C. » in one, regions under their whole name."""
    mots = " ".join(COLLES.sub(r"\1 \2", mots_de_recherche(nom)).split())
    mots = LETTRES.sub(lambda suite: suite[0].replace(" ", ""), mots)
    return " ".join(REGIONS.get(mot, mot) for mot in mots.split())


def _read(plat: str) -> _Lu:
    familles, reste = set[str](), plat
    for motif, famille in MOTIFS:
        reste, fois = motif.subn(" ", reste)
        if fois:
            familles.add(famille)
    mots = frozenset(reste.split()) - SANS_SENS
    lieux = set(mots)
    for code, noms in LIEUX.items():
        if code in mots or (noms and noms <= mots):
            lieux |= {code, *noms}
    return _Lu(frozenset(familles), frozenset(lieux))


def _agree(cherche: _Lu, service: _Lu) -> bool:
    """The same kind and no other place; a name without any known kind must be wholly said by the service's own."""
    if not cherche.familles:
        return bool(cherche.lieux) and cherche.lieux <= service.lieux
    if not cherche.familles & service.familles:
        return False
    return cherche.lieux <= service.lieux or bool(service.lieux and service.lieux <= cherche.lieux)


def _lieux_du_departement(code: str) -> frozenset[str]:
    return frozenset({code.lower()}) | LIEUX.get(code.lower(), frozenset())


def _ligne(lu: _Lu) -> str:
    lignes = {LIGNES[famille] for famille in lu.familles}
    return lignes.pop() if len(lignes) == 1 else ""
