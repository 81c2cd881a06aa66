"""Does anything that happens to a signature of the CER go unseen? Mutations by the thousand, each looked for."""
