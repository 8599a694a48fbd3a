"""What happened, seen from above: the charts of an event, the history of changes, the association's year."""
