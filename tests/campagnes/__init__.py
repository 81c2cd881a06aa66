"""Campaigns: what must hold whatever happens, at full length by `make campagne-…`, at a seeded tenth in the tests."""
