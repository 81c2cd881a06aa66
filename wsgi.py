"""Entry point of the web server."""

from portal.app import create_app
from portal.config import Config
from portal.web.journaux import configurer

configurer()
app = create_app(Config.from_env())
