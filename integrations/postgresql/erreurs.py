"""What can go wrong with the private server; each message is written for the person who started it."""


class ErreurPostgresql(Exception):
    """The private server could not be found, created, started or stopped."""


class PostgresqlIntrouvable(ErreurPostgresql):
    """No server binaries on this machine."""
