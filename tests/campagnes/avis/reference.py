"""What model.md §3 and the requests say of avis, once more and apart from the portal: plain values, days as numbers."""

from dataclasses import dataclass, field

DOSSIER, ASSOCIATION = "dossier", "association"
LARGEURS = {"service": 0, "services_saisis": 1, "partage": 2}
ATTENDUE, REPONDUE, CLOSE = "attendue", "répondue", "close"


@dataclass
class Demande:
    """One party asked by one service about one object. `lot`: those asked together bear the same."""

    lot: int
    objet: str
    demandeur: str
    partie: str
    scelle: bool
    audience: str
    fin: int | None
    etat: str = ATTENDUE
    leve: bool = False
    agent: int | None = None


@dataclass
class Donne:
    """The avis of one party on one object, version after version."""

    objet: str
    partie: str
    audience: str
    versions: list[str] = field(default_factory=list)


@dataclass
class Reference:
    """`proprietaire` has the dossier of the association; `experts` are people outside every service."""

    proprietaire: str
    services: tuple[str, ...]
    experts: tuple[str, ...]
    jour: int = 0
    demandes: list[Demande] = field(default_factory=list)
    avis: dict[tuple[str, str], Donne] = field(default_factory=dict)
    recuses: set[tuple[str, int, str]] = field(default_factory=set)

    def de(self, objet: str, partie: str) -> list[Demande]:
        """What is asked of that party about that object."""
        return [une for une in self.demandes if (une.objet, une.partie) == (objet, partie)]

    def ouvert(self, objet: str, partie: str) -> bool:
        """Something asked of it still opens that object, or it owns it."""
        possede = objet == DOSSIER and partie == self.proprietaire
        return possede or any(une.etat != CLOSE for une in self.de(objet, partie))

    def peut_demander(self, qui: str, objet: str, parties: set[str]) -> bool:
        """A service never asks itself, nor twice the same while it waits; on the association, when it is tied to it."""
        liee = self.ouvert(DOSSIER, qui) or self.ouvert(ASSOCIATION, qui)
        permis = qui == self.proprietaire if objet == DOSSIER else liee
        attendues = {
            une.partie for une in self.demandes if une.objet == objet and une.demandeur == qui and _attend(une)
        }
        return permis and qui not in parties and not parties & attendues

    def demander(
        self, qui: str, objet: str, parties: set[str], *, scelle: bool, audience: str, fin: int | None
    ) -> None:
        """Asked together."""
        lot = len(self.demandes)
        self.demandes += [
            Demande(lot, objet, qui, une, scelle, audience, fin)
            for une in (*self.services, *self.experts)
            if une in parties
        ]

    def peut_donner(self, partie: str, objet: str) -> bool:
        """Who is asked, who owns the dossier; on the association, any service that reads the dossier."""
        connait = objet == ASSOCIATION and partie in self.services and self.ouvert(DOSSIER, partie)
        return connait or self.ouvert(objet, partie)

    def donner(self, partie: str, objet: str, audience: str, texte: str) -> None:
        """All that waits is answered; the audience is no wider than what any request allows."""
        siennes = [une for une in self.de(objet, partie) if une.etat != CLOSE]
        for une in siennes:
            une.etat = REPONDUE
        etroite = min((audience, *(une.audience for une in siennes)), key=LARGEURS.__getitem__)
        donne = self.avis.setdefault((objet, partie), Donne(objet, partie, etroite))
        donne.audience = etroite
        donne.versions.append(texte)

    def ensemble(self, demande: Demande) -> list[Demande]:
        """Those asked together with that one."""
        return [une for une in self.demandes if une.lot == demande.lot]

    def tient(self, demande: Demande) -> bool:
        """It was asked under a seal, and one of those asked together may still answer."""
        return demande.scelle and any(_attend(une) for une in self.ensemble(demande))

    def vu_du_demandeur(self, demande: Demande) -> bool:
        """The seal is no more for who asked: broken, or every deadline that still runs is past."""
        ensemble = self.ensemble(demande)
        return any(une.leve for une in ensemble) or all(
            une.fin is not None and une.fin < self.jour for une in ensemble if _attend(une)
        )

    def recuse(self, partie: str, agent: int, objet: str) -> bool:
        """That agent has a conflict of interest on the object, or on the association whose dossier it is."""
        return bool({(partie, agent, objet), (partie, agent, ASSOCIATION)} & self.recuses)

    def peut_lever(self, qui: str, demande: Demande) -> bool:
        """Who asked, when something waits to be read."""
        rendu = any(une.etat == REPONDUE for une in self.ensemble(demande))
        return demande.demandeur == qui and self.tient(demande) and not self.vu_du_demandeur(demande) and rendu

    def lit(self, lecteur: str, donne: Donne) -> bool:
        """Whether a service, or an expert, that can open the object reads that avis."""
        if lecteur == donne.partie:
            return True
        if lecteur not in self.services:
            return False
        reponses = [une for une in self.de(donne.objet, donne.partie) if une.etat == REPONDUE]
        siennes = [une for une in reponses if une.demandeur == lecteur]
        for une in filter(self.tient, reponses):
            if une.demandeur == lecteur:
                if not self.vu_du_demandeur(une):
                    return False
                continue
            saisi_avec = lecteur in {autre.partie for autre in self.ensemble(une)}
            if saisi_avec or not any(not sienne.scelle for sienne in siennes):
                return False
        if siennes or donne.audience == "partage":
            return True
        saisi = any(une.etat != CLOSE for une in self.de(donne.objet, lecteur))
        return donne.audience == "services_saisis" and (donne.objet == DOSSIER or saisi)

    def ailleurs(self, donne: Donne) -> bool:
        """Another dossier of the association shows it to whoever reads that dossier."""
        reponses = [une for une in self.de(donne.objet, donne.partie) if une.etat == REPONDUE]
        return donne.audience == "partage" and not any(self.tient(une) for une in reponses)

    def comptes(self) -> tuple[int, int, int | None]:
        """Of the dossier: asked and not closed, answered, the next deadline."""
        siennes = [une for une in self.demandes if une.objet == DOSSIER and une.etat != CLOSE]
        fins = [une.fin for une in siennes if _attend(une) and une.fin is not None]
        return len(siennes), sum(une.etat == REPONDUE for une in siennes), min(fins, default=None)


def _attend(demande: Demande) -> bool:
    return demande.etat == ATTENDUE
