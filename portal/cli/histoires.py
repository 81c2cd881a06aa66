"""The dossiers of the demonstration, as stories: who asks for what, and how far its instruction has come."""

from dataclasses import dataclass
from decimal import Decimal

from portal.services.decisions import Teneur
from portal.vocabulaire import MotifDecision, SensAvis, SensDecision


@dataclass(frozen=True)
class President:
    """Somebody invented who acts for an invented association, known by its SIREN."""

    prenom: str
    nom: str
    fonction: str
    email: str
    siren: str
    signe: bool = False


@dataclass(frozen=True)
class AvisRendu:
    """The avis of a service, by one of its agents."""

    agent: str
    sens: SensAvis
    texte: str


@dataclass(frozen=True, kw_only=True)
class Histoire:
    """A request filed `jours` days ago, for `montant` euros, and what came next."""

    president: President
    ville: bool
    jours: int
    montant: int
    intitule: str
    objectifs: str
    public: str
    nombre: int
    territoire: str
    prouve: bool = True
    en_charge: bool = False
    saisis: tuple[str, ...] = ()
    avis: tuple[AvisRendu, ...] = ()
    decision: Teneur | None = None
    notifiee: bool = False
    # A funder that the association names, the amount in euros, where that request stands (« demande » or « obtenu »).
    declare: tuple[str, int, str] | None = None


CAMILLE = "camille.martin@ddets.demo.example"
NADIA = "nadia.benali@ddets.demo.example"
PAUL = "paul.leroy@drajes.demo.example"
SOPHIE = "sophie.garnier@prefecture.demo.example"

MARC = President("Marc", "Petit", "Président", "marc.petit@lire-ensemble.demo.example", "999900244", signe=True)
INES = President("Inès", "Moreau", "Présidente", "ines.moreau@us-minguettes.demo.example", "999900798", signe=True)
YVES = President("Yves", "Chapuis", "Trésorier", "yves.chapuis@solidarite-xr.demo.example", "999900863")
JEANNE = President("Jeanne", "Bouvier", "Présidente", "jeanne.bouvier@cine-vercors.demo.example", "999900939")
LUC = President("Luc", "Perrin", "Président", "luc.perrin@foyers-bresse.demo.example", "999901002", signe=True)
ROSE = President("Rose", "Faure", "Présidente", "rose.faure@memoire-forez.demo.example", "999901176")

HISTOIRES = (
    Histoire(
        president=MARC,
        ville=True,
        jours=3,
        montant=4_500,
        intitule="Ateliers de lecture à voix haute aux Buers",
        objectifs="Redonner confiance dans la lecture à des adultes, avec leurs enfants.",
        public="Parents et enfants de 6 à 10 ans, dont deux tiers de femmes.",
        nombre=60,
        territoire="Villeurbanne, quartier des Buers",
    ),
    Histoire(
        president=INES,
        ville=True,
        jours=6,
        montant=12_000,
        intitule="Vacances sportives aux Minguettes",
        objectifs="Proposer trois semaines de sport encadré aux jeunes qui ne partent pas.",
        public="Jeunes de 11 à 17 ans, autant de filles que de garçons.",
        nombre=180,
        territoire="Vénissieux, quartier des Minguettes",
        prouve=False,
    ),
    Histoire(
        president=YVES,
        ville=True,
        jours=12,
        montant=8_000,
        intitule="Permanences d’accès aux droits",
        objectifs="Accompagner des personnes sans domicile dans leurs démarches de santé et de logement.",
        public="Adultes sans domicile, orientés par les maraudes.",
        nombre=240,
        territoire="Lyon, 1er et 4e arrondissements",
        en_charge=True,
        declare=("DRAJES Auvergne-Rhône-Alpes", 3_000, "obtenu"),
    ),
    Histoire(
        president=MARC,
        ville=True,
        jours=25,
        montant=3_200,
        intitule="Boîtes à livres au pied des immeubles",
        objectifs="Installer cinq boîtes à livres entretenues par les habitants.",
        public="Tous les habitants.",
        nombre=900,
        territoire="Villeurbanne, quartier Saint-Jean",
        en_charge=True,
        saisis=("DRAJES ARA", "Préfecture 69"),
        avis=(
            AvisRendu(PAUL, SensAvis.FAVORABLE, "L’association conduit déjà une action voisine, bien suivie."),
            AvisRendu(
                SOPHIE, SensAvis.RESERVES, "Favorable si la commune donne son accord pour occuper le domaine public."
            ),
        ),
    ),
    Histoire(
        president=INES,
        ville=True,
        jours=48,
        montant=15_000,
        intitule="École d’athlétisme du mercredi",
        objectifs="Ouvrir une section d’athlétisme gratuite le mercredi après-midi.",
        public="Enfants de 8 à 12 ans.",
        nombre=75,
        territoire="Vénissieux",
        en_charge=True,
        saisis=("DRAJES ARA",),
        avis=(AvisRendu(PAUL, SensAvis.FAVORABLE, "Encadrement diplômé, besoin réel sur ce quartier."),),
        decision=Teneur(
            sens=SensDecision.ACCEPTE,
            montant_accorde=Decimal(11_000),
            conditions="Remettre un bilan chiffré avant le 30 juin suivant l’exercice.",
        ),
    ),
    Histoire(
        president=MARC,
        ville=True,
        jours=95,
        montant=2_800,
        intitule="Contes en bas d’immeuble",
        objectifs="Animer dix soirées de contes avec les familles.",
        public="Familles du quartier.",
        nombre=200,
        territoire="Villeurbanne, quartier des Buers",
        en_charge=True,
        saisis=("DRAJES ARA",),
        avis=(AvisRendu(PAUL, SensAvis.FAVORABLE, "Les familles du quartier suivent ces soirées depuis trois ans."),),
        decision=Teneur(sens=SensDecision.ACCEPTE, montant_accorde=Decimal(2_500)),
        notifiee=True,
    ),
    Histoire(
        president=INES,
        ville=True,
        jours=110,
        montant=30_000,
        intitule="Éclairage du terrain annexe",
        objectifs="Équiper le terrain annexe de mâts d’éclairage.",
        public="Les licenciés du club.",
        nombre=320,
        territoire="Vénissieux",
        en_charge=True,
        decision=Teneur(
            sens=SensDecision.REFUSE,
            motif=MotifDecision.INELIGIBLE,
            motivation=(
                "La demande porte sur un investissement, que ce dispositif ne finance pas. La commune et l’Agence "
                "nationale du sport peuvent être sollicitées pour cet équipement."
            ),
        ),
        notifiee=True,
    ),
    Histoire(
        president=YVES,
        ville=True,
        jours=130,
        montant=8_000,
        intitule="Permanences d’accès aux droits (première version)",
        objectifs="Accompagner des personnes sans domicile dans leurs démarches.",
        public="Adultes sans domicile.",
        nombre=200,
        territoire="Lyon, 4e arrondissement",
        en_charge=True,
        decision=Teneur(
            sens=SensDecision.SANS_SUITE,
            motif=MotifDecision.DOUBLON,
            motivation="L’association a déposé une demande plus complète pour la même action.",
        ),
        notifiee=True,
    ),
    Histoire(
        president=MARC,
        ville=False,
        jours=9,
        montant=5_000,
        intitule="Fonctionnement et formation des bénévoles",
        objectifs="Former vingt bénévoles à l’accompagnement de la lecture.",
        public="Bénévoles de l’association.",
        nombre=20,
        territoire="Métropole de Lyon",
    ),
    Histoire(
        president=JEANNE,
        ville=False,
        jours=15,
        montant=3_500,
        intitule="Un écran dans chaque village",
        objectifs="Projeter un film par mois dans douze communes sans cinéma.",
        public="Habitants des communes rurales du massif.",
        nombre=1_400,
        territoire="Isère, communes du Vercors",
        prouve=False,
    ),
    Histoire(
        president=LUC,
        ville=False,
        jours=31,
        montant=9_000,
        intitule="Tiers-lieux associatifs en milieu rural",
        objectifs="Aider six foyers ruraux à ouvrir un lieu partagé.",
        public="Associations et habitants de la Bresse.",
        nombre=650,
        territoire="Ain",
        en_charge=True,
        saisis=("DDETS 69",),
    ),
    Histoire(
        president=ROSE,
        ville=False,
        jours=40,
        montant=4_200,
        intitule="Paroles de mineurs",
        objectifs="Recueillir et rendre publics quarante témoignages.",
        public="Anciens mineurs et scolaires.",
        nombre=500,
        territoire="Loire, bassin stéphanois",
        en_charge=True,
    ),
    Histoire(
        president=INES,
        ville=False,
        jours=5,
        montant=12_000,
        intitule="Vacances sportives aux Minguettes",
        objectifs="Trois semaines de sport encadré pour les jeunes qui ne partent pas en vacances.",
        public="Jeunes de 11 à 17 ans.",
        nombre=180,
        territoire="Vénissieux, quartier des Minguettes",
        prouve=False,
    ),
)
