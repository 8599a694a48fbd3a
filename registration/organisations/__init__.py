"""Libraries and the association itself."""
