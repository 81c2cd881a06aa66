"""What the client orders of DS: each method keeps the promise that `api.DemarchesSimplifiees` makes of it."""

from collections.abc import Sequence
from typing import Any

from integrations.demarches_simplifiees.echange import Echange
from integrations.demarches_simplifiees.errors import RefusDS
from integrations.demarches_simplifiees.noeuds import Noeud, instant, objet, objets, texte
from integrations.demarches_simplifiees.ordres import MotifCorrection, Mutation, ValeurAnnotation


class Mutations:
    """The mutations, over the exchange that the client opened: each is sent once."""

    _echange: Echange

    def passer_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("passer_en_instruction", dossier_id, instructeur_id, sansNotification=sans_notification)

    def repasser_en_construction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("repasser_en_construction", dossier_id, instructeur_id, sansNotification=sans_notification)

    def repasser_en_instruction(
        self, dossier_id: str, instructeur_id: str, *, sans_notification: bool = False
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("repasser_en_instruction", dossier_id, instructeur_id, sansNotification=sans_notification)

    def accepter(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str | None = None,
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._decider("accepter", dossier_id, instructeur_id, motivation, justificatif, sans_notification)

    def refuser(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str,
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._decider("refuser", dossier_id, instructeur_id, motivation, justificatif, sans_notification)

    def classer_sans_suite(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        motivation: str,
        justificatif: str | None = None,
        sans_notification: bool = False,
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._decider(
            "classer_sans_suite", dossier_id, instructeur_id, motivation, justificatif, sans_notification
        )

    def envoyer_message(
        self,
        dossier_id: str,
        instructeur_id: str,
        *,
        texte: str,
        piece: str | None = None,
        correction: MotifCorrection | None = None,
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir(
            "envoyer_message", dossier_id, instructeur_id, texte=texte, piece=piece, correction=correction
        )

    def supprimer_message(self, message_id: str, instructeur_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._muter("supprimer_message", {"message": message_id, "instructeur": instructeur_id})

    def modifier_annotations(
        self, dossier_id: str, instructeur_id: str, *, annotations: Sequence[ValeurAnnotation]
    ) -> Mutation:
        """See api.DemarchesSimplifiees."""
        valeurs = [{"id": une.id, "value": {une.genre: une.valeur}} for une in annotations]
        return self._agir("modifier_annotations", dossier_id, instructeur_id, annotations=valeurs)

    def archiver(self, dossier_id: str, instructeur_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("archiver", dossier_id, instructeur_id)

    def desarchiver(self, dossier_id: str, instructeur_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("desarchiver", dossier_id, instructeur_id)

    def suivre(self, dossier_id: str, instructeur_id: str, *, suit: bool) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._agir("suivre", dossier_id, instructeur_id, suit=suit)

    def ajouter_label(self, dossier_id: str, label_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._muter("ajouter_label", {"dossier": dossier_id, "label": label_id})

    def supprimer_label(self, dossier_id: str, label_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._muter("supprimer_label", {"dossier": dossier_id, "label": label_id})

    def changer_groupe(self, dossier_id: str, groupe_id: str) -> Mutation:
        """See api.DemarchesSimplifiees."""
        return self._muter("changer_groupe", {"dossier": dossier_id, "groupe": groupe_id})

    def _decider(
        self,
        nom: str,
        dossier_id: str,
        instructeur_id: str,
        motivation: str | None,
        justificatif: str | None,
        sans_notification: bool,
    ) -> Mutation:
        return self._agir(
            nom,
            dossier_id,
            instructeur_id,
            motivation=motivation,
            justificatif=justificatif,
            sansNotification=sans_notification,
        )

    def _agir(self, nom: str, dossier_id: str, instructeur_id: str, **variables: Any) -> Mutation:
        return self._muter(nom, {"dossier": dossier_id, "instructeur": instructeur_id, **variables})

    def _muter(self, nom: str, variables: dict[str, Any]) -> Mutation:
        charge = self._echange.muter(nom, variables)
        erreurs = tuple(texte(une, "message") for une in objets(charge, "errors"))
        if erreurs and not charge.get("annotations"):
            raise RefusDS(erreurs)
        return _mutation(nom, charge, erreurs)


def _mutation(nom: str, charge: Noeud, erreurs: tuple[str, ...]) -> Mutation:
    dossier = objet(charge, "dossier")
    return Mutation(
        nom=nom,
        state=texte(dossier, "state") or None,
        date_derniere_modification=instant(dossier, "dateDerniereModification"),
        message_id=texte(objet(charge, "message"), "id") or None,
        erreurs=erreurs,
    )
