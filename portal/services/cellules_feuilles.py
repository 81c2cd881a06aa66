"""What a cell of a working sheet may say, and how it becomes an ordinary act of the agent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from sqlalchemy.orm import Session

from portal.classeurs.trois_voies import en_une_ligne, meme_nom
from portal.errors import Invalid
from portal.forms.textes import MAXIMUM
from portal.permissions import Acteur
from portal.queries import feuilles_travail as queries
from portal.queries.feuilles_travail import Contenu
from portal.services import attributions, avis, dossiers, etiquettes, notes, propositions
from portal.services.teneurs import Teneur
from portal.vocabulaire import Audience, Etat, SensAvis, SensDecision, Source
from portal.vocabulaire_imports import CHAMPS_AVIS, ChampFeuille

SEULE_PRISE_EN_CHARGE = (
    "D’une feuille de travail, un dossier passe seulement en instruction. Les décisions se prennent sur sa page."
)
SANS_RETRAIT = "Une proposition ne se retire pas d’une feuille de travail\u00a0: ouvrez le dossier pour la changer."
PAS_EN_INSTRUCTION = (
    "Un montant se propose sur un dossier en instruction\u00a0: dans la feuille, passez-le aussi en instruction."
)
PAS_ENCORE_A_DS = (
    "Un montant se propose sur un dossier en instruction\u00a0: Démarches Simplifiées y passe celui-ci\u00a0; rendez la feuille "
    "de nouveau quand elle l’a fait."
)
MONTANT_NUL = "Le montant proposé est supérieur à zéro."
AVIS_INCOMPLET = "Un avis a un sens et un texte\u00a0: remplissez les deux cellules."
AVIS_EFFACE = "Un avis donné ne s’efface pas\u00a0: écrivez-en un autre."
DEMANDE_A_DS = "Demandé à Démarches Simplifiées, qui le fera."
Valeurs = Mapping[ChampFeuille, str]


@dataclass(frozen=True, slots=True)
class Admis:
    """The agents and the labels that cells may name, by what they show."""

    agents: Mapping[str, int]
    etiquettes: Mapping[str, int]

    @classmethod
    def read(cls, session: Session, by: Acteur) -> Self:
        """Those of now, in the actor's service."""
        agents, offertes = queries.agents_offered(session, by), queries.labels_offered(session, by)
        return cls(
            {meme_nom(nom): un for nom, un in agents.items()}, {meme_nom(nom): un for nom, un in offertes.items()}
        )

    def reason_against(self, contenu: Contenu, champ: str, texte: str, ligne: Mapping[str, str]) -> str:
        """Why this cell cannot become an act, "" when it can as far as is known. `ligne`: the whole row."""
        ferme = contenu.fermes.get(ChampFeuille(champ))
        if ferme is not None:
            return ferme
        if champ in CHAMPS_AVIS:
            return _against_avis(contenu, ligne)
        if champ == ChampFeuille.INSTRUCTEUR:
            return _unknown([texte], self.agents, "un agent qui instruit")
        if champ == ChampFeuille.ETIQUETTES:
            return _unknown(texte.split(";"), self.labels(contenu), "une étiquette")
        seule = SEULES[ChampFeuille(champ)](texte)
        return seule or (_against_proposing(contenu, ligne) if champ == ChampFeuille.MONTANT_PROPOSE else "")

    def labels(self, contenu: Contenu) -> dict[str, int]:
        """Those that the dossier may bear: those that may be put, and those that it bears already, retired ones too.

        Where two show the same name, it is the one that it bears: a cell that nobody touched changes nothing.
        """
        return {**self.etiquettes, **{meme_nom(nom): ident for ident, nom in contenu.posees.items()}}


def _too_long(texte: str) -> str:
    return (
        f"Ce texte est trop long\u00a0: {len(texte)} caractères, pour {MAXIMUM} au plus."
        if len(texte) > MAXIMUM
        else ""
    )


def _unknown(noms: Iterable[str], connus: Mapping[str, int], quoi: str) -> str:
    inconnu = next((en_une_ligne(nom) for nom in noms if nom.strip() and meme_nom(nom) not in connus), "")
    return f"«\u00a0{inconnu[:80]}\u00a0» n’est pas {quoi} de votre service." if inconnu else ""


def _against_etat(texte: str) -> str:
    return "" if texte == Etat.EN_INSTRUCTION else SEULE_PRISE_EN_CHARGE


def _against_amount(texte: str) -> str:
    if not texte:
        return SANS_RETRAIT
    return "" if Decimal(texte) else MONTANT_NUL


def _against_proposing(contenu: Contenu, ligne: Mapping[str, str]) -> str:
    """The same row may take it in charge first, which waits for DS when it is DS's."""
    if contenu.dossier.etat != Etat.EN_CONSTRUCTION:
        return ""
    if contenu.dossier.source == Source.DS:
        return PAS_ENCORE_A_DS
    return "" if ligne.get(ChampFeuille.ETAT) == Etat.EN_INSTRUCTION else PAS_EN_INSTRUCTION


# Why a cell that is judged by itself cannot become an act.
SEULES: dict[ChampFeuille, Callable[[str], str]] = {
    ChampFeuille.ETAT: _against_etat,
    ChampFeuille.MONTANT_PROPOSE: _against_amount,
    ChampFeuille.NOTE: _too_long,
}


def _against_avis(contenu: Contenu, ligne: Mapping[str, str]) -> str:
    """The three cells of an avis are one act."""
    sens, texte = (ligne.get(champ, contenu.valeurs[champ]) for champ in (CHAMPS_AVIS[0], CHAMPS_AVIS[2]))
    if not sens and not texte and contenu.avis is not None:
        return AVIS_EFFACE
    return _too_long(texte) if sens and texte else AVIS_INCOMPLET


# An act on a dossier: (session, actor, what it holds now, the values to write, what cells may name) -> what is to be said of it.
Acte = Callable[[Session, Acteur, Contenu, Valeurs, Admis], str]


def take(session: Session, by: Acteur, contenu: Contenu, _valeurs: Valeurs, _admis: Admis) -> str:
    """Take it in charge."""
    dossiers.take_in_charge(session, by=by, dossier=contenu.dossier, version=contenu.dossier.version)
    return DEMANDE_A_DS if contenu.dossier.source == Source.DS else ""


def assign(session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, admis: Admis) -> str:
    """Give it to that agent, to nobody when the cell is empty."""
    nom = valeurs[ChampFeuille.INSTRUCTEUR]
    choisi = admis.agents.get(meme_nom(nom)) if nom else None
    if nom and choisi is None:
        raise Invalid("instructeur", attributions.PAS_DU_SERVICE)
    attributions.assign(session, by=by, dossier=contenu.dossier, user_id=choisi)
    return ""


def propose(session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, _admis: Admis) -> str:
    """Propose that amount; what else a proposition says stays."""
    montant, deja = Decimal(valeurs[ChampFeuille.MONTANT_PROPOSE]), contenu.proposition
    teneur = Teneur(sens=SensDecision.ACCEPTE, montant_accorde=montant)
    if deja is not None:
        avant = Teneur.de(deja)
        teneur = replace(avant, lignes=tuple(replace(ligne, montant=montant) for ligne in avant.lignes))
    propositions.propose(
        session,
        by=by,
        dossier=contenu.dossier,
        teneur=teneur,
        commentaire=deja.commentaire if deja else "",
        version=deja.version if deja else 0,
    )
    return ""


def give_avis(session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, _admis: Admis) -> str:
    """Give, or change, the avis of the service: cells that did not change stay as the portal holds them."""
    dits = {champ: valeurs.get(champ, contenu.valeurs[champ]) for champ in CHAMPS_AVIS}
    if not dits[ChampFeuille.AVIS_SENS] or not dits[ChampFeuille.AVIS_TEXTE]:
        raise Invalid("texte", AVIS_INCOMPLET)
    montant, deja = dits[ChampFeuille.AVIS_MONTANT], contenu.avis
    avis.give(
        session,
        by=by,
        objet=contenu.dossier,
        sens=SensAvis(dits[ChampFeuille.AVIS_SENS]),
        montant_propose=Decimal(montant) if montant else None,
        texte=dits[ChampFeuille.AVIS_TEXTE],
        audience=deja.audience if deja else Audience.SERVICES_SAISIS,
        version=deja.version if deja else 0,
        fichier=deja.fichier if deja else None,
        fichier_nom=deja.fichier_nom if deja else "",
    )
    return ""


def put_labels(session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, admis: Admis) -> str:
    """Put those that are new, take off those that are gone."""
    connues = admis.labels(contenu)
    noms = [meme_nom(nom) for nom in valeurs[ChampFeuille.ETIQUETTES].split(";") if nom.strip()]
    voulues = {connues[nom] for nom in noms if nom in connues}
    if len(voulues) != len(noms):
        raise Invalid("etiquette", "Une de ces étiquettes n’est plus de votre service\u00a0: rien n’est changé.")
    for ident in sorted(voulues - set(contenu.posees)):
        etiquettes.put(session, by=by, dossier=contenu.dossier, etiquette_id=ident)
    for ident in sorted(set(contenu.posees) - voulues):
        etiquettes.remove(session, by=by, dossier=contenu.dossier, etiquette_id=ident)
    return ""


def write_note(session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, _admis: Admis) -> str:
    """Write the agent's own note, or erase it."""
    version = contenu.note.version if contenu.note else 0
    notes.save(session, by=by, dossier=contenu.dossier, texte=valeurs[ChampFeuille.NOTE], version=version)
    return ""


# In this order on one dossier: it is taken in charge before it is given to somebody, or anything is proposed of it.
ACTES: list[tuple[tuple[ChampFeuille, ...], Acte]] = [
    ((ChampFeuille.ETAT,), take),
    ((ChampFeuille.INSTRUCTEUR,), assign),
    ((ChampFeuille.MONTANT_PROPOSE,), propose),
    (CHAMPS_AVIS, give_avis),
    ((ChampFeuille.ETIQUETTES,), put_labels),
    ((ChampFeuille.NOTE,), write_note),
]
