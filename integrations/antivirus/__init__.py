"""Antivirus: what a scanner says of bytes that came from others. clamd for now."""
