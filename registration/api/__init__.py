"""What machines read: the description of the addresses that speak JSON."""
