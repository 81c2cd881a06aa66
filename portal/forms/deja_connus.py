"""What the portal holds or fetches already: a campaign may not ask for it again (CRPA L114-8: say it once)."""

from portal.formats import mots_de_recherche
from portal.vocabulaire_demandes import LIBELLES_PIECE, GenrePiece

# Words that change nothing of what is asked.
_REMPLISSAGE = """
a afin annee association associations attestation au aux avec beneficiaire c ce certifie certifiee certifies cette
cocher combien copie complet complete conforme d date dater de demandeur demandeuse dernier derniere derniers des
document donner du ecrire en est et exercice fichier fournir indiquer indiquez inscrire joignez jointe joindre jour
justificatif l la le les leur lien lisible lui ma merci mentionner mon n nom nombre nos notre nouveau nouvelle numero
numeros officiel ou par pdf piece porteur porteuse pour preciser precisez presenter produire quel quelle quelles quels
qui rappel rappeler recent renseigner s scan scanne se signe signee signees signes son sont structure sur svp
telecharger transmettre transmettez un une valide version veuillez vos votre vous y
"""
REMPLISSAGE = frozenset(_REMPLISSAGE.split())
# Somebody else's datum is another thing than the association's own.
_AUTRUI = """
autre autres beneficiaires benevole benevoles commune federation fournisseur fournisseurs intervenant intervenants lieu mairie
partenaire partenaires prestataire prestataires salarie salaries salle tiers
"""
AUTRUI = frozenset(_AUTRUI.split())
IDENTIFIANTS = {
    "siret": "le SIRET est dans la section «\u00a0Association\u00a0», lu au registre",
    "siren": "le SIREN est lu au registre quand l’association est rattachée",
    "rna": "le numéro RNA est lu au registre quand l’association est rattachée",
    "iban": "l’IBAN est demandé une fois, avec le relevé d’identité bancaire",
    "cer": "la signature du contrat d’engagement républicain est connue du portail et montrée avec chaque dossier",
}
_SECTION = "la section «\u00a0{}\u00a0» le demande déjà"
_COFFRE = (
    "c’est une pièce connue\u00a0: ajoutez-la aux pièces, nature «\u00a0{}\u00a0», pour que l’association la reprenne de "
    "son coffre"
)
SYNONYMES = {
    "denomination; raison sociale; sigle; intitule": "la dénomination est lue au registre",
    "adresse; adresse siege; siege; siege social; adresse postale": "l’adresse est lue au registre",
    "contrat engagement republicain; engagement republicain": IDENTIFIANTS["cer"],
    "objet social; objet statutaire; forme juridique; statut juridique": "le registre le donne",
    "parution journal; journal officiel; recepisse declaration; recepisse prefecture; declaration prefecture": (
        "le numéro RNA en tient lieu, lu au registre"
    ),
    "avis situation; situation insee; avis situation sirene; avis situation insee; kbis; extrait kbis": (
        "l’inscription au répertoire Sirene est lue au registre"
    ),
    "budget; budget previsionnel": _SECTION.format("Budget de l’association"),
    "budget projet; budget action; budget previsionnel projet; budget previsionnel action; plan financement": _SECTION.format(
        "Budget du projet"
    ),
    "cofinancement; cofinancements; cofinanceurs; autres financements; aides publiques; subventions recues": _SECTION.format(
        "Cofinancements et aides publiques"
    ),
    "president; presidente; representant legal; tresorier; telephone; courriel; mail; email; adresse electronique; "
    "contact; site internet; site web; agrements; agrement": _SECTION.format("Association"),
    "benevoles; adherents; salaries; etp; etpt; emplois aides; membres; moyens humains; volontaires": _SECTION.format(
        "Moyens humains"
    ),
    "projet; objectifs; description projet; description action; intitule projet; public vise; indicateurs; evaluation; "
    "territoire; commune; quartiers; qpv; debut fin; objectifs projet; presentation projet": _SECTION.format("Projet"),
    "montant demande; montant subvention; montant sollicite; subvention demandee; montant": _SECTION.format(
        "Votre demande"
    ),
    "honneur; attestation honneur; declaration honneur; attestation fiscale; regularite fiscale sociale": _SECTION.format(
        "Attestations"
    ),
    "cerfa; cerfa 12156; formulaire cerfa; demande subvention; formulaire unique": "la demande elle-même en est la saisie",
    "compte rendu financier; cerfa 15059; bilan financier subvention precedente": (
        "le compte rendu financier se remplit sur le portail après la subvention"
    ),
}
DOCUMENTS = {
    "statuts; statut": GenrePiece.STATUTS,
    "dirigeants; liste dirigeants; composition bureau; liste membres bureau; membres bureau; composition conseil administration; "
    "liste personnes chargees administration": GenrePiece.DIRIGEANTS,
    "rib; releve identite bancaire; releve bancaire; coordonnees bancaires; compte bancaire": GenrePiece.RIB,
    "comptes; comptes annuels; comptes approuves; bilan; bilan comptable; compte resultat; bilan compte resultat; "
    "bilan financier; rapport financier": GenrePiece.COMPTES,
    "rapport activite; rapport activites; bilan activite; rapport moral; rapport annuel": GenrePiece.RAPPORT_ACTIVITE,
    "rapport commissaire comptes; rapport commissaire": GenrePiece.RAPPORT_COMMISSAIRE,
    "pouvoir; delegation signature; procuration; delegation": GenrePiece.POUVOIR,
}


def _par_mots(table: dict[str, str]) -> dict[frozenset[str], str]:
    return {
        frozenset(mots_de_recherche(expression).split()) - REMPLISSAGE: ou
        for expressions, ou in table.items()
        for expression in expressions.split(";")
    }


_CONNUS = _par_mots(SYNONYMES) | _par_mots(
    {expressions: _COFFRE.format(LIBELLES_PIECE[genre]) for expressions, genre in DOCUMENTS.items()}
)


def deja_connu(libelle: str) -> str:
    """Where the portal already has what this text asks for, as the end of a sentence; "" when it is something else.

    Years, numbers and polite words are passed over; « SIRET du partenaire » is somebody else's, and may be asked.
    """
    mots = {mot for mot in mots_de_recherche(libelle).split() if not mot.isdigit()}
    utiles = frozenset(mots - REMPLISSAGE)
    if not mots & AUTRUI:
        for identifiant, ou in IDENTIFIANTS.items():
            if identifiant in utiles:
                return ou
    return _CONNUS.get(utiles, "")
