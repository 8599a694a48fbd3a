"""Organizers and staff: sign-in and roles."""
