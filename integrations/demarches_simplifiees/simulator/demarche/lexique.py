"""The words of the simulated associations: everything here is fictitious but the places."""

from typing import NamedTuple


class Lieu(NamedTuple):
    """A commune: name, « de » and name, INSEE code, postal code, département, région."""

    nom: str
    de_nom: str
    code: str
    code_postal: str
    departement: str
    code_departement: str
    region: str
    code_region: str


class Domaine(NamedTuple):
    """A field of activity, with what its associations are called and what they ask money for."""

    secteur: str
    noms: tuple[str, ...]
    projets: tuple[str, ...]
    actions: tuple[str, ...]


LIEUX = (
    Lieu("Nantes", "de Nantes", "44109", "44000", "Loire-Atlantique", "44", "Pays de la Loire", "52"),
    Lieu("Saint-Nazaire", "de Saint-Nazaire", "44184", "44600", "Loire-Atlantique", "44", "Pays de la Loire", "52"),
    Lieu("Rezé", "de Rezé", "44143", "44400", "Loire-Atlantique", "44", "Pays de la Loire", "52"),
    Lieu("Châteaubriant", "de Châteaubriant", "44036", "44110", "Loire-Atlantique", "44", "Pays de la Loire", "52"),
    Lieu("Angers", "d’Angers", "49007", "49000", "Maine-et-Loire", "49", "Pays de la Loire", "52"),
    Lieu("Cholet", "de Cholet", "49099", "49300", "Maine-et-Loire", "49", "Pays de la Loire", "52"),
    Lieu("Laval", "de Laval", "53130", "53000", "Mayenne", "53", "Pays de la Loire", "52"),
    Lieu("Le Mans", "du Mans", "72181", "72000", "Sarthe", "72", "Pays de la Loire", "52"),
    Lieu("La Flèche", "de La Flèche", "72154", "72200", "Sarthe", "72", "Pays de la Loire", "52"),
    Lieu("La Roche-sur-Yon", "de La Roche-sur-Yon", "85191", "85000", "Vendée", "85", "Pays de la Loire", "52"),
    Lieu("Les Sables-d’Olonne", "des Sables-d’Olonne", "85194", "85100", "Vendée", "85", "Pays de la Loire", "52"),
    Lieu("Rennes", "de Rennes", "35238", "35000", "Ille-et-Vilaine", "35", "Bretagne", "53"),
)

DOMAINES = (
    Domaine(
        "Sport",
        ("Club nautique", "Judo club", "Foyer des sports", "Les Foulées", "Basket pour tous"),
        ("Stage sportif d’été pour tous", "Découverte de la voile pour les collégiens", "Créneaux de sport adapté"),
        ("Stage", "Tournoi", "Initiation"),
    ),
    Domaine(
        "Culture",
        ("Théâtre du Quai", "Harmonie municipale", "La Fabrique à contes", "Ciné-club", "Atelier des Arts"),
        ("Festival des arts de la rue", "Ateliers de théâtre en milieu rural", "Une saison de concerts solidaires"),
        ("Festival", "Atelier", "Résidence"),
    ),
    Domaine(
        "Solidarité",
        ("Épicerie solidaire", "Les Mains tendues", "Relais d’entraide", "Toit et Parole", "La Table ouverte"),
        ("Maraudes et accueil de jour", "Aide alimentaire et ateliers de cuisine", "Accès aux droits en itinérance"),
        ("Accueil", "Aide alimentaire", "Accompagnement"),
    ),
    Domaine(
        "Éducation populaire",
        ("Maison des jeunes", "Les Francs Copains", "L’École buissonnière", "Foyer rural", "Coup de pouce"),
        ("Accompagnement à la scolarité", "Former nos bénévoles à la gestion", "Une ludothèque itinérante"),
        ("Formation", "Animation", "Accompagnement"),
    ),
    Domaine(
        "Environnement",
        ("Jardins partagés", "Loire vivante", "Les Bocages", "Atelier vélo", "Recyclerie"),
        ("Un atelier de réparation ouvert à tous", "Inventaire participatif du bocage", "Classes de rivière"),
        ("Chantier", "Sensibilisation", "Inventaire"),
    ),
)

PRENOMS = (
    ("Mme", "Aïcha"), ("M", "Bernard"), ("Mme", "Chloé"), ("M", "David"), ("Mme", "Élise"), ("M", "Farid"),
    ("Mme", "Gaëlle"), ("M", "Hervé"), ("Mme", "Inès"), ("M", "Jean-Luc"), ("Mme", "Léa"), ("M", "Mamadou"),
)  # fmt: skip
NOMS = (
    "Le Goff", "Martineau", "Bouchard", "Nguyen", "Diallo", "Lefèvre", "Rousseau", "Benamar", "D’Hervilly", "Petit",
    "Guérin", "Kowalski", "Moreau", "Texier", "Ouedraogo", "Chauvin",
)  # fmt: skip
FONCTIONS = ("Présidente ou président", "Trésorière ou trésorier", "Secrétaire", "Co-présidence")
VOIES = ("rue de la Paix", "place de l’Église", "avenue Jean-Jaurès", "chemin du Moulin", "allée des Tilleuls")
PUBLICS = ("Enfants", "Jeunes", "Adultes", "Personnes âgées", "Personnes en situation de handicap", "Tout public")
CHARGES = (
    "60 - Achats",
    "61 - Services extérieurs",
    "62 - Autres services extérieurs",
    "64 - Charges de personnel",
)
PRODUITS = (
    ("70 - Ventes de produits finis et prestations", "Participation des usagers"),
    ("74 - Commune", "Subvention de la commune"),
    ("75 - Cotisations", "Cotisations des adhérents"),
)
PRODUIT_DEMANDE = ("74 - État", "Subvention demandée par ce dossier")
QUESTIONS = (
    "Le budget vous paraît-il réaliste au regard de l’activité de l’association ?",
    "Le projet répond-il à un besoin du territoire ?",
    "Connaissez-vous cette association et son action ?",
)
REPONSES = (
    "Association connue et sérieuse, projet utile au territoire. Avis favorable.",
    "Le budget mérite d’être précisé, mais l’action est pertinente. Avis favorable avec réserves.",
    "Le projet recouvre une action déjà financée. Avis défavorable.",
)
MOTIFS = {
    "accepte": "Le projet répond aux priorités de la campagne.",
    "refuse": "Le projet ne relève pas des priorités de la campagne.",
    "sans_suite": "L’association a renoncé à son projet.",
}
