"""The revisions of a démarche's form: a new one leaves dossiers on theirs, until they are rebased."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import formes
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche, iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant


def revisions(demarche: Json) -> list[Json]:
    """All those that were published, oldest first."""
    return [*demarche.get("_anciennes", ()), demarche["activeRevision"]]


def revision_de(donnees: Donnees, fiche: Fiche) -> Json:
    """The revision a dossier follows: the one it was filed under, unless it was rebased."""
    siennes = revisions(donnees.demarches[fiche.demarche])
    return next((une for une in siennes if une["id"] == fiche.contenu.get("_revision")), siennes[0])


def descripteur_de(revision: Json, partie: str, champ: Json) -> Json | None:
    """What declares a champ: `partie` is "champDescriptors" or "annotationDescriptors"; those of rows are found too."""
    declares = [*revision[partie], *(un for une in revision[partie] for un in une.get("champDescriptors", ()))]
    return next((un for un in declares if un["id"] == champ["champDescriptorId"]), None)


def annotation_manquante(donnees: Donnees, fiche: Fiche) -> bool:
    """Whether a mandatory annotation is empty: DS then lets nobody decide."""
    requises = {un["id"] for un in revision_de(donnees, fiche)["annotationDescriptors"] if un["required"]}
    annotations = (une for une in fiche.contenu["annotations"] if une["champDescriptorId"] in requises)
    return any(formes.vide(une) for une in annotations)


def publier_revision(
    donnees: Donnees,
    demarche: int,
    *,
    ajoutes: Sequence[Question] = (),
    deplaces: Mapping[str, int] | None = None,
    retires: Collection[str] = (),
    renommes: Mapping[str, str] | None = None,
    exiges: Collection[str] = (),
) -> Json:
    """Publish a new form: champs added last, moved (label -> rank), withdrawn, relabelled with the same id (old -> new).

    Labels in `exiges` become mandatory, annotations included. The démarche's change is dated, that of no dossier is.
    """
    with donnees.verrou:
        objet = donnees.demarches[demarche]
        ancienne, date = objet["activeRevision"], iso(donnees.horloge())
        nouvelle: Json = deepcopy(ancienne)
        champs = [un for un in nouvelle["champDescriptors"] if un["label"] not in retires]
        champs += [formes.descripteur(une) for une in ajoutes]
        for label, rang in (deplaces or {}).items():
            deplace = next(un for un in champs if un["label"] == label)
            champs.remove(deplace)
            champs.insert(rang, deplace)
        for un in (*champs, *nouvelle["annotationDescriptors"]):
            un["required"] = un["required"] or un["label"] in exiges
            un["label"] = (renommes or {}).get(un["label"], un["label"])
        rang = len(revisions(objet)) + 1
        nouvelle |= {"id": identifiant("ProcedureRevision", f"{demarche}{rang:02}"), "champDescriptors": champs}
        nouvelle |= {"dateCreation": date, "datePublication": date}
        objet |= {"_anciennes": revisions(objet), "activeRevision": nouvelle, "dateDerniereModification": date}
    return nouvelle


def rebaser(donnees: Donnees, number: int) -> None:
    """Carry a dossier over to the published form, as DS does with those en_construction: answers follow their id."""
    with donnees.verrou:
        fiche = donnees.dossiers[number]
        revision, date = donnees.demarches[fiche.demarche]["activeRevision"], donnees.toucher(fiche)
        for partie, cle in (("champDescriptors", "champs"), ("annotationDescriptors", "annotations")):
            connus = {un["champDescriptorId"]: un for un in fiche.contenu[cle]}
            fiche.contenu[cle] = [
                {**connus.get(un["id"], formes.champ(formes.question(un), {}, date)), "label": un["label"]}
                for un in revision[partie]
            ]
        fiche.contenu.update(_revision=revision["id"], dateDerniereModificationChamps=date)
