"""How an interface of Démarches Simplifiées differs from what our operations use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ecart:
    """What an interface lacks, or adds, for `operations` of ours; `champ` is a field, an argument or a value of `type`.

    `phrase` says it in French.
    """

    operations: tuple[str, ...]
    type: str
    champ: str
    phrase: str
