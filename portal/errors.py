"""The few errors that every floor may raise. Their messages are French sentences made for the person who reads them."""


class PortalError(Exception):
    """Base of every expected error. `status` is the HTTP status of the page that shows it."""

    status = 500
    titre = "Une erreur est survenue"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(PortalError):
    """The object does not exist, or the viewer may not know that it does (both look the same)."""

    status = 404
    titre = "Page introuvable"

    def __init__(self, message: str = "Cette page n’existe pas, ou elle ne vous est pas destinée.") -> None:
        super().__init__(message)


class Forbidden(PortalError):
    """The actor sees the object but may not do this to it; the message gives the reason."""

    status = 403
    titre = "Action non autorisée"


class PreuveAncienne(PortalError):
    """This act needs a fresh proof that the actor holds her address.

    Nothing was written; the web asks for a code, then comes back.
    """

    status = 403
    titre = "Adresse à confirmer"

    def __init__(self, retour: str | None = None) -> None:
        super().__init__("Cette action demande de confirmer votre adresse électronique par un code. Rien n’est perdu.")
        self.retour = retour


class Conflict(PortalError):
    """Somebody else changed the object meanwhile; nothing was written."""

    status = 409
    titre = "La page a changé entre-temps"


class TransitionInterdite(Conflict):
    """The workflow table has no such transition from the present état."""

    titre = "Cette action n’est plus possible"


class Invalid(PortalError):
    """A value is refused by a rule of the domain. `champ` names the form field that the message belongs to."""

    status = 422
    titre = "Saisie à corriger"

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ


class RemoteUnavailable(PortalError):
    """A remote machine did not answer; what the person typed is kept."""

    status = 503
    titre = "Service momentanément indisponible"
