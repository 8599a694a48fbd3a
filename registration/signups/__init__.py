"""Who is coming: orders, registrations, cancellations."""
