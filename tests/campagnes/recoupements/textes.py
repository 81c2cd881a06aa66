"""What associations write in the corpus: actions in several wordings, funders in their own words, and the faults of people."""

import random

# One action a line, said in as many ways as people do; the lines are different actions, some of them close to each other.
ACTIONS = (
    ("Festival des arts de la rue", "Arts de rue : le festival", "Festival d’arts de la rue"),
    ("Festival de musique baroque", "Musique baroque, festival d’été", "Festival musiques baroques"),
    (
        "Ateliers d’écriture pour les jeunes",
        "Atelier écriture jeunesse",
        "Ateliers d’écriture avec les jeunes du quartier",
    ),
    ("Ateliers de théâtre au collège", "Théâtre au collège, ateliers", "Atelier théâtre avec les collégiens"),
    (
        "Ateliers de théâtre en maison de retraite",
        "Théâtre en maison de retraite",
        "Atelier théâtre maisons de retraite",
    ),
    ("Accompagnement à la scolarité", "Accompagnement scolaire (CLAS)", "Accompagnement à la scolarité des enfants"),
    ("Permanences d’accès au droit", "Accès au droit : permanences juridiques", "Permanence accès aux droits"),
    ("Épicerie solidaire", "Épicerie sociale et solidaire", "L’épicerie solidaire du quartier"),
    ("Jardin partagé et compost", "Jardin partagé, compostage collectif", "Création d’un jardin partagé avec compost"),
    ("Repair café mensuel", "Repair café du quartier", "Repair-café, un samedi par mois"),
    ("Tournoi de football inclusif", "Tournoi inclusif de football", "Football inclusif : tournoi annuel"),
    ("École de rugby féminin", "Rugby féminin : école de rugby", "Ecole de rugby pour les filles, rugby féminin"),
    ("Apprentissage de la natation", "Savoir nager : apprentissage natation", "Apprentissage de la natation pour tous"),
    (
        "Cours de français pour adultes",
        "Cours de français langue étrangère adultes",
        "Français pour adultes, cours du soir",
    ),
    ("Maraudes et aide alimentaire", "Maraudes, aide alimentaire de rue", "Maraude et distribution alimentaire"),
    ("Prévention du harcèlement scolaire", "Harcèlement scolaire : prévention", "Prévenir le harcèlement scolaire"),
    ("Formation des bénévoles associatifs", "Formation de bénévoles", "Formations pour les bénévoles associatifs"),
    ("Garage solidaire", "Garage associatif et solidaire", "Le garage solidaire"),
    (
        "Visites à domicile de personnes isolées",
        "Visites aux personnes isolées",
        "Visite à domicile des personnes âgées isolées",
    ),
    ("Ciné-club en plein air", "Cinéma en plein air", "Ciné club plein air d’été"),
    (
        "Chantiers de jeunes bénévoles",
        "Chantier jeunes bénévoles patrimoine",
        "Chantiers jeunes : restauration du lavoir",
    ),
    ("Orchestre à l’école", "Orchestre à l’école primaire", "Un orchestre à l’école"),
    ("Résidence d’artistes", "Artistes en résidence", "Résidence d’artistes au village"),
    ("Bibliothèque de rue", "Bibliothèque de rue et lecture", "Bibliothèques de rue"),
    ("Mobilité à vélo des femmes", "Vélo-école pour les femmes", "Mobilité vélo des femmes du quartier"),
    ("Lutte contre la fracture numérique", "Fracture numérique : ateliers", "Lutter contre la fracture numérique"),
    ("Fabrique numérique ouverte", "Fab lab, fabrique numérique", "Fabrique numérique ouverte à tous"),
    ("Colonie de vacances à la mer", "Colonie à la mer", "Colonie de vacances au bord de la mer"),
    ("Séjour de ski pour les adolescents", "Séjour ski adolescents", "Séjours de ski ados"),
    ("Fête du quartier et repas partagé", "Fête de quartier, repas partagé", "Fête du quartier"),
    ("Soutien à la parentalité", "Parentalité : groupes de parole", "Soutien aux parents, parentalité"),
    (
        "Écoute des femmes victimes de violences",
        "Écoute et accueil des femmes victimes",
        "Accueil femmes victimes de violences",
    ),
    ("Dépistage et éducation à la santé", "Éducation à la santé, dépistage", "Education santé et dépistages"),
    ("Chorale intergénérationnelle", "Chorale entre générations", "Une chorale intergénérationnelle"),
    ("Danse hip-hop en pied d’immeuble", "Hip-hop en pied d’immeuble", "Danse hip hop, pieds d’immeubles"),
    ("Insertion par le maraîchage", "Maraîchage d’insertion", "Chantier d’insertion en maraîchage"),
)
FONCTIONNEMENT = ("Fonctionnement général de l’association", "Aide au fonctionnement", "Subvention de fonctionnement")
# One action under two seasons: two requests.
SAISONS = ("printemps", "automne")
PREFIXES = ("", "", "", "", "Projet : ", "Action ", "Soutien au projet « ")
COMMUNES = {"69": ("69123", "69266", "69029", "69256"), "01": ("01004", "01283", "01053", "01033")}
NOMS_COMMUNES = {
    "69123": "Lyon",
    "69266": "Villeurbanne",
    "69029": "Bron",
    "69256": "Vaulx-en-Velin",
    "01004": "Ambérieu",
    "01283": "Oyonnax",
    "01053": "Bourg-en-Bresse",
    "01033": "Valserhône",
}


def reword(tirage: random.Random, formes: tuple[str, ...], commune: str, annee: int) -> str:
    """The same action as somebody else would have typed it."""
    titre = tirage.choice(formes)
    if tirage.random() < 0.35:
        titre = f"{titre} à {NOMS_COMMUNES[commune]}"
    if tirage.random() < 0.3:
        titre = f"{titre} {annee}"
    prefixe = tirage.choice(PREFIXES)
    titre = f"{prefixe}{titre}{' »' if prefixe.endswith('« ') else ''}"
    if tirage.random() < 0.15:
        titre = titre.upper()
    if tirage.random() < 0.25:
        titre = titre.translate(str.maketrans("éèêëàâîïôûùçÉ", "eeeeaaiiouucE"))
    return typo(tirage, titre) if tirage.random() < 0.25 else titre


def typo(tirage: random.Random, titre: str) -> str:
    """A letter doubled, lost, or two swapped, in a word that is long enough to bear it."""
    mots = titre.split(" ")
    longs = [rang for rang, mot in enumerate(mots) if len(mot) > 5]
    if not longs:
        return titre
    rang = tirage.choice(longs)
    mot, place = mots[rang], tirage.randrange(1, len(mots[rang]) - 2)
    faute = tirage.choice(("double", "perte", "echange"))
    if faute == "double":
        mot = mot[:place] + mot[place] + mot[place:]
    elif faute == "perte":
        mot = mot[:place] + mot[place + 1 :]
    else:
        mot = mot[:place] + mot[place + 1] + mot[place] + mot[place + 2 :]
    return " ".join([*mots[:rang], mot, *mots[rang + 1 :]])
