"""Documents: a frozen dataclass in, bytes out. No Flask, no network, no model.

`modeles` says what each document holds, `rendu` makes its HTML, `atelier` its PDF; `feuilles` says what
a workbook holds, `tableur` makes it; `courriels` writes letters.
"""
