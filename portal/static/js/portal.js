// Entry: everything here is a comfort. Each page works without it.
import * as budget from "./budget.js";
import * as copie from "./copie.js";
import * as envoi from "./envoi.js";
import * as filtre from "./filtre.js";
import * as focus from "./focus.js";
import * as reseau from "./reseau.js";
import * as saisie from "./saisie.js";

for (const comportement of [envoi, saisie, budget, filtre, focus, copie, reseau]) comportement.installer();
