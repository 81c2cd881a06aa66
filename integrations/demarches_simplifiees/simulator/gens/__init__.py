"""What people do on DS's own pages, that no mutation does: file, answer, write, give an avis, leave, draw up a draft."""
