"""Reads for the pages about everything: `overview` of an event, `history` of changes, the association's `year`."""
