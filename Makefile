# The only commands a newcomer needs: `make help` lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
PORT ?= 8000
VENV := .venv/bin
titre = @printf '\n== %s\n' '$(1)'

.PHONY: help
help: ## cette liste
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: demo demo-reset
demo: ## installe tout et sert la démonstration sur http://127.0.0.1:8000 (PORT=… pour changer)
	@.ci/installer demo
	@$(VENV)/portal demo lancer --port $(PORT)
demo-reset: ## efface les données de la démonstration et la relance à neuf
	@.ci/installer demo
	@$(VENV)/portal demo effacer
	@$(VENV)/portal demo lancer --port $(PORT)

.PHONY: check test
check: ## toutes les vérifications, sauf celles du navigateur
	@.ci/installer check
	@$(MAKE) --no-print-directory verifications
test: ## installe tout, Chromium compris, et fait toutes les vérifications
	@.ci/installer test
	@$(MAKE) --no-print-directory verifications navigateur

.PHONY: fix bench
fix: ## met en forme le code et les gabarits
	@.ci/installer check
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .
	@$(VENV)/djlint portal/templates --reformat --quiet || true # 1 means « reformatted »
bench: ## mesure les pages sur une base jetable (10 000 et 300 000 dossiers), la recherche parmi 1,5 million d’associations, les recoupements
	@.ci/installer check
	@$(VENV)/python -m tests.bench

.PHONY: campagne-ds campagne-cer campagne-decisions campagne-modele campagne-recoupements campagne-avis campagne-classeurs campagne-tableurs
campagne-ds: ## la convergence avec Démarches Simplifiées, entière : écrit docs/preuves/ds.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.ds
campagne-cer: ## plus de mille altérations des signatures, toutes à retrouver : écrit docs/preuves/cer.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.cer
campagne-decisions: ## deux agents qui décident en même temps, 200 fois : écrit docs/preuves/decisions.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.decisions
campagne-modele: ## tous les chemins du circuit d’un dossier, acte par acte : écrit docs/preuves/modele.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.modele
campagne-avis: ## les demandes d’avis contre un modèle de référence, 20 000 pas : écrit docs/preuves/avis.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.avis
campagne-classeurs: ## 2 000 classeurs abîmés ou hostiles, lus ou refusés par une phrase : écrit docs/preuves/classeurs.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.classeurs
campagne-recoupements: ## doublons, cofinancements et incohérences plantés, à retrouver : écrit docs/preuves/recoupements.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.recoupements
campagne-tableurs: ## 100 000 cellules de tableurs écrites de cent façons, à lire juste : écrit docs/preuves/tableurs.md
	@.ci/installer check
	@$(VENV)/python -m tests.campagnes.tableurs

# The steps, one tool each; any of them may be run alone, set-up done.
.PHONY: verifications forme lint types contrats gabarits dependances code-mort tests navigateur
verifications: forme lint types contrats gabarits dependances code-mort tests
forme:
	$(call titre,Mise en forme)
	@$(VENV)/ruff format --check .
lint:
	$(call titre,Fautes de code)
	@$(VENV)/ruff check .
types:
	$(call titre,Types)
	@$(VENV)/mypy
contrats:
	$(call titre,Contrats entre les étages)
	@$(VENV)/lint-imports --no-logo
gabarits:
	$(call titre,Gabarits)
	@$(VENV)/djlint portal/templates --check
	@$(VENV)/djlint portal/templates --lint
dependances: # gunicorn is a program, psycopg is loaded by SQLAlchemy from the database's address
	$(call titre,Dépendances déclarées et employées)
	@$(VENV)/deptry . --per-rule-ignores 'DEP002=gunicorn|psycopg'
code-mort:
	$(call titre,Code mort)
	@$(VENV)/vulture portal integrations --min-confidence 80 --ignore-names trace,extra_validators
tests:
	$(call titre,Tests unitaires et d’intégration)
	@$(VENV)/pytest -q -n 2 tests --ignore tests/e2e --ignore tests/bench
navigateur:
	$(call titre,Tests dans le navigateur)
	@$(VENV)/pytest -q -n 2 tests/e2e
