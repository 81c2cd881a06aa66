"""Click's own words in French: its help, and what it says of a command that it cannot read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

MOTS = {
    "COMMAND [ARGS]...": "COMMANDE [ARGUMENTS]...",
    "Show this message and exit.": "Montre cette aide.",
    "[required]": "[obligatoire]",
    "[default: ": "[par défaut\u00a0: ",
    "; required]": "\u00a0; obligatoire]",
    " INTEGER RANGE": " NOMBRE",
    " INTEGER": " NOMBRE",
    " TEXT": " TEXTE",
    " FILE": " FICHIER",
}


class Aide(click.HelpFormatter):
    """Writes a page of help."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is written."""
        super().write_usage(prog, traduire(args), prefix or "Utilisation\u00a0: ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A titled part."""
        with super().section("Commandes" if name == "Commands" else name):
            yield

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands with what they do."""
        super().write_dl([(traduire(nom), traduire(aide)) for nom, aide in rows], col_max, col_spacing)


class Refus(click.ClickException):
    """A refusal told as it is, without Click's English prefix."""

    def show(self, file: IO[Any] | None = None) -> None:
        """On the standard error."""
        click.echo(self.message, file=file, err=True)


class FauteDeSaisie(Refus):
    """A command that cannot be read: nothing was done."""

    exit_code = 2


@contextmanager
def en_francais() -> Iterator[None]:
    """Tell in French what Click refuses to read."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as faute:
        aide = f"\nL’aide\u00a0: {faute.ctx.command_path} --help" if faute.ctx else ""
        raise FauteDeSaisie(f"{constat(faute)} Rien n’a été fait.{aide}") from faute


def traduire(texte: str) -> str:
    """Click's words in a line of help, in French."""
    for anglais, francais in MOTS.items():
        texte = texte.replace(anglais, francais)
    return texte


def constat(faute: click.UsageError) -> str:
    """What is wrong in the command, in one sentence."""
    match faute:
        case click.MissingParameter(param=click.Parameter() as manque):
            return f"Il manque {_nom(manque)}."
        case click.BadParameter(param=click.Parameter() as recu):
            return f"La valeur donnée pour {_nom(recu)} ne convient pas{_attendu(recu.type)}."
        case click.NoSuchOption(option_name=nom):
            return f"L’option {nom} n’existe pas."
        case click.NoSuchCommand(command_name=nom):
            return f"La commande «\u00a0{nom}\u00a0» n’existe pas."
        case click.BadOptionUsage(option_name=nom):
            return f"L’option {nom} est mal employée\u00a0: elle attend une valeur, ou n’en prend pas."
    return "La commande est mal écrite\u00a0: elle a trop d’arguments, ou il en manque."


def _nom(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return f"l’option {max(param.opts, key=len)}"
    return f"l’argument {param.make_metavar(click.get_current_context())}"


def _attendu(genre: click.ParamType[Any]) -> str:
    if isinstance(genre, click.Choice):
        return f"\u00a0: choisissez parmi {', '.join(map(str, genre.choices))}"
    if isinstance(genre, click.IntRange):
        bornes = (
            f"à partir de {genre.min}" if genre.min is not None else "",
            f"jusqu’à {genre.max}" if genre.max else "",
        )
        return f"\u00a0: donnez un nombre entier {' '.join(filter(None, bornes))}"
    if isinstance(genre, click.Path):
        return "\u00a0: aucun fichier ne se lit à cet endroit"
    return "\u00a0: donnez un nombre entier" if genre is click.INT else ""
