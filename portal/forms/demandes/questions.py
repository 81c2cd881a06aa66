"""What a service asks beyond the cerfa: one field a question, of each campaign that the request is addressed to."""

from typing import Any

from wtforms.widgets import HiddenInput

from portal.forms.champs import Choix, Montant, Texte, TexteLong
from portal.forms.saisie import Contexte, Groupe, Saisie
from portal.forms.supplements import QuestionPosee
from portal.vocabulaire_demandes import GenreQuestion

SANS_REPONSE = ("", "Je ne réponds pas")
LONGUEUR_REPONSE = 3_000


class _Retiree(Texte):
    """An answer to a question that is asked no more: kept, and sent along with the page."""

    widget = HiddenInput()


class QuestionsForm(Saisie):
    """Inputs are named after the question (« q-12 »), so that those of several campaigns stand side by side."""

    def __init__(self, formdata: Any = None, **options: Any) -> None:
        super().__init__(formdata, **options)
        self.recues = self.meta.wrap_formdata(self, formdata)

    def situer(self, contexte: Contexte) -> None:
        """Ask what the campaigns ask now. An answer to a question withdrawn since stays, unseen."""
        super().situer(contexte)
        groupes = []
        for campagne in contexte.questions:
            posees = [question for question in campagne.questions if not question.retiree]
            groupes.append(Groupe(tuple(question.nom for question in posees), campagne.titre))
            for question in campagne.questions:
                self._ajouter(question)
        # nothing here is needed: the page may be passed over
        self.calculee = not any(q.obligatoire and not q.retiree for une in contexte.questions for q in une.questions)
        self.groupes = tuple(groupe for groupe in groupes if groupe.champs)

    def _ajouter(self, question: QuestionPosee) -> None:
        non_lie = _champ(question)
        champ = non_lie.bind(form=self, name=question.nom, prefix="", _meta=self.meta)
        champ.process(self.recues)
        self._fields[question.nom] = champ

    def relire(self) -> list[tuple[str, str]]:
        """Each answer; one whose question was withdrawn says so."""
        return [
            (
                f"{champ.label.text} (question retirée)" if isinstance(champ, _Retiree) else champ.label.text,
                champ.lisible(),
            )
            for champ in self.contenus()
            if champ.data or not isinstance(champ, _Retiree)
        ]


def _champ(question: QuestionPosee) -> Any:
    """The field of a question, not bound yet."""
    if question.retiree:
        return _Retiree(question.libelle, requis=False, maximum=LONGUEUR_REPONSE)
    options: dict[str, Any] = {"requis": question.obligatoire, "description": _indice(question)}
    if question.genre == GenreQuestion.CHOIX:
        reponses = [(reponse, reponse) for reponse in question.choix]
        return Choix(question.libelle, reponses if question.obligatoire else [*reponses, SANS_REPONSE], **options)
    if question.genre == GenreQuestion.MONTANT:
        return Montant(question.libelle, **options)
    return TexteLong(question.libelle, maximum=LONGUEUR_REPONSE, **options)


def _indice(question: QuestionPosee) -> str:
    """The help of the service, and why an answer may be asked for."""
    base = f"Base légale\u00a0: {question.base_legale}." if question.base_legale else ""
    return " ".join(texte for texte in (question.aide, base) if texte)
