"""Writes: a service is a verb. It checks, does, records and returns; it never commits and never knows HTTP."""
