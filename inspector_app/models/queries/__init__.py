"""Questions to the register; each answers with frozen rows and holds every `select`."""
