"""The Flask toolbox: sessions, access, rendering, errors, headers. No domain."""
