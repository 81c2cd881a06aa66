// Entry: everything here is a comfort. Each page works without it.
import * as brouillon from "./brouillon.js";
import * as budget from "./budget.js";
import * as coller from "./coller.js";
import * as conditions from "./conditions.js";
import * as copie from "./copie.js";
import * as ecarts from "./ecarts.js";
import * as envoi from "./envoi.js";
import * as filtre from "./filtre.js";
import * as focus from "./focus.js";
import * as historique from "./historique.js";
import * as lignes from "./lignes.js";
import * as octroi from "./octroi.js";
import * as lots from "./lots.js";
import * as raccourcis from "./raccourcis.js";
import * as reseau from "./reseau.js";
import * as saisie from "./saisie.js";
import * as televersement from "./televersement.js";

for (const comportement of [envoi, saisie, budget, filtre, focus, copie, reseau, lignes, conditions, brouillon, coller, ecarts, televersement, lots, octroi, raccourcis, historique]) comportement.installer();
