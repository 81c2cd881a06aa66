"""Documents: a frozen dataclass in, bytes out. No Flask, no network, no model.

`modeles` says what each document holds, `rendu` makes its HTML, `atelier` its PDF; `tableur` makes workbooks,
`courriels` letters.
"""
