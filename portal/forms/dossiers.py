"""What acts of one button post: the version of the dossier that the page showed."""

from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from portal.forms.base import Formulaire


class VersionForm(Formulaire):
    """A lock version, zero when it is missing or unreadable: such a page is out of date."""

    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def lue(self) -> int:
        """The version that the page showed."""
        return self.version.data or 0

    def reprendre(self, version: int) -> None:
        """Show the page once more on that version, because somebody else has written meanwhile."""
        self.version.data, self.version.raw_data = version, None
