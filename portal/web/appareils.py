"""Says in words which browser asks: « Firefox sous Windows ». A hint for its owner, never a proof."""

# The first that is found wins: each browser also names those that it descends from.
NAVIGATEURS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMES = (
    ("iPhone", "sur iPhone"),
    ("iPad", "sur iPad"),
    ("Android", "sous Android"),
    ("Windows", "sous Windows"),
    ("CrOS", "sous ChromeOS"),
    ("Mac OS X", "sous macOS"),
    ("Linux", "sous Linux"),
)
INCONNU = "Navigateur inconnu"


def nommer(user_agent: str) -> str:
    """The browser and the system that a User-Agent header tells of, at most 40 characters, whatever it holds."""
    navigateur = next((nom for marque, nom in NAVIGATEURS if marque in user_agent), INCONNU)
    systeme = next((nom for marque, nom in SYSTEMES if marque in user_agent), "")
    return f"{navigateur} {systeme}".strip()
