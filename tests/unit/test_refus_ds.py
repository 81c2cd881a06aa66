"""DS's words of refusal are explained when they are known, and never explained wrongly."""

import pytest

from portal.models.refus_ds import explain


@pytest.mark.parametrize(
    ("mutation", "mots", "attendu"),
    [
        ("accepter", "Le jeton utilisé est configuré seulement en lecture", "autorise l’écriture"),
        ("envoyer_message", "L’instructeur n’a pas les droits d’accès à ce dossier", "groupe qui a ce dossier"),
        ("envoyer_message", "L'instructeur n'a pas les droits d'accès à ce dossier", "groupe qui a ce dossier"),
        ("refuser", "Le dossier est déjà en instruction", "annotation obligatoire"),
        ("passer_en_instruction", "Le dossier est déjà en instruction", "déjà fait avancer"),
        ("accepter", "Le dossier est déjà accepté", "déjà fait avancer"),
        ("modifier_annotations", "L’annotation « Montant » n’est pas de type attendu", "formulaire de la démarche"),
        ("accepter", "Le hash du fichier téléversé est invalide", "fichier joint"),
        ("envoyer_message", "L’identifiant du fichier téléversé est invalide", "fichier joint"),
        ("envoyer_message", "Le dossier est archivé ou supprimé par l’usager", "ne peut plus recevoir"),
        ("passer_en_instruction", "Le dossier est en attente de correction", "pas encore répondu à la correction"),
        ("refuser", "La motivation doit être remplie", "complétez la décision"),
        ("archiver", "Une phrase que personne n’a jamais lue", ""),
    ],
)
def test_a_known_refusal_is_explained(mutation: str, mots: str, attendu: str) -> None:
    explication = explain(mutation, mots)
    assert attendu in explication
    assert bool(explication) == bool(attendu)
