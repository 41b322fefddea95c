"""From a raw export to the slice of one team: open, SELECT, check, roll back, store."""
