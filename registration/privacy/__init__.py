"""Personal data: what is known of somebody, how it is erased on request, what goes by itself in time."""
