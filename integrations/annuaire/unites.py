"""The units of the demonstration: invented bodies, with numbers that pass their keys.

Their SIREN all lie in one block at the end of the series (999 90x xxx), so that people recognise them.
"""

from dataclasses import dataclass
from datetime import date

from integrations.annuaire.api import Adresse


@dataclass(frozen=True, slots=True)
class Unite:
    """An invented unit, as the two registers would both know it. No SIREN: only API Association holds it."""

    denomination: str
    objet: str
    adresse: Adresse
    date_creation: date
    siren: str | None = None
    sirets: tuple[str, ...] = ()  # the head office first
    rna: str | None = None
    sigle: str | None = None
    nature_juridique: str = "9220"
    active: bool = True

    @property
    def est_association(self) -> bool:
        """By its legal category."""
        return self.nature_juridique.startswith("92")


UNITES = (
    Unite(
        "Les Amis du Canal",
        "Faire connaître et entretenir les berges de la Saône et du canal, avec les habitants.",
        Adresse("12 quai Arloing", "69009", "Lyon", "69389"),
        date(1998, 3, 14),
        "999900178",
        ("99990017800016", "99990017800024"),
        "W691000178",
        "LAC",
    ),
    Unite(
        "Lire ensemble",
        "Lutter contre l’illettrisme par des ateliers de lecture intergénérationnels.",
        Adresse("3 place Lazare-Goujon", "69100", "Villeurbanne", "69266"),
        date(2009, 9, 1),
        "999900244",
        ("99990024400016",),
        "W691000244",
    ),
    Unite(
        "Théâtre de la Rive",
        "Créer et diffuser des spectacles vivants.",
        Adresse("8 rue des Docks", "69009", "Lyon", "69389"),
        date(1987, 6, 20),
        "999900319",
        ("99990031900016",),
        "W691000319",
        active=False,
    ),
    Unite(
        "Jardins partagés de Gerland",
        "Cultiver ensemble des jardins de quartier.",
        Adresse("25 rue Challemel-Lacour", "69007", "Lyon", "69387"),
        date(2021, 4, 2),
        rna="W691000483",
    ),
    Unite(
        "Atelier Menuiserie Duval",
        "Fabriquer des meubles.",
        Adresse("41 rue de la République", "69002", "Lyon", "69382"),
        date(2014, 1, 6),
        "999900558",
        ("99990055800019",),
        nature_juridique="5499",
    ),
    Unite(
        "Chorale Sainte-Odile",
        "Pratiquer et transmettre le chant choral.",
        Adresse("5 rue des Frères", "67000", "Strasbourg", "67482"),
        date(1974, 11, 3),
        "999900624",
        ("99990062400019",),
        nature_juridique="9260",
    ),
    Unite(
        "Union sportive des Minguettes",
        "Ouvrir la pratique du football et de l’athlétisme à tous les jeunes.",
        Adresse("17 avenue Jean-Cagne", "69200", "Vénissieux", "69259"),
        date(1981, 9, 12),
        "999900798",
        ("99990079800011", "99990079800029"),
        "W691000798",
        "USM",
    ),
    Unite(
        "Solidarité Croix-Rousse",
        "Accueillir et accompagner les personnes sans domicile.",
        Adresse("60 boulevard de la Croix-Rousse", "69004", "Lyon", "69384"),
        date(2003, 2, 27),
        "999900863",
        ("99990086300013",),
        "W691000863",
    ),
    Unite(
        "Ciné-club du Vercors",
        "Projeter et débattre dans les villages.",
        Adresse("2 place Notre-Dame", "38000", "Grenoble", "38185"),
        date(1995, 10, 18),
        "999900939",
        ("99990093900011",),
        "W381000939",
    ),
    Unite(
        "Fédération des foyers ruraux de la Bresse",
        "Fédérer et former les foyers ruraux.",
        Adresse("9 rue Bourgmayer", "01000", "Bourg-en-Bresse", "01053"),
        date(1952, 5, 30),
        "999901002",
        ("99990100200017",),
        "W012001002",
        "FFRB",
        nature_juridique="9230",
    ),
    Unite(
        "Mémoire du Forez",
        "Collecter et transmettre la mémoire ouvrière.",
        Adresse("14 rue de la Résistance", "42000", "Saint-Étienne", "42218"),
        date(2012, 12, 8),
        "999901176",
        ("99990117600019",),
        "W423001176",
    ),
    Unite(
        "Voix de Bastia",
        "Pratiquer et enseigner le chant polyphonique.",
        Adresse("6 rue Napoléon", "20200", "Bastia", "2B033"),
        date(2006, 7, 14),
        "999901242",
        ("99990124200019",),
        "W2B2001242",
    ),
)
