"""Reads any workbook that people send: a file in, lines with verdicts out. Pure: no Flask, no model, no network.

`lecture` starts the child process that reads, and is what the other floors use; `enfant` is that child. `archives` looks at a
file before it is opened, `sources` gives its sheets; `feuilles` and `entetes` find the table, `colonnes` says what each
column holds, `genres` is what each kind of import asks for, `valeurs` reads one cell, `verdicts` one line.
"""
