"""A private PostgreSQL server for the demonstration and the tests: found, created, started and stopped by us."""
