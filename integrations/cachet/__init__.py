"""The seal of the PDFs that we issue: its keys, its making, its control. The only door to pyHanko."""
