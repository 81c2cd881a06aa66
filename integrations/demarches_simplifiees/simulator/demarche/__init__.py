"""The simulated démarche: its form and the form's revisions, the shapes of its answers, and associations that never were."""
