"""Two thousand damaged or hostile workbooks, each to be read or refused in a sentence."""
