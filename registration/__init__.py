"""Prezence: event registration, check-in and certificates of attendance for an association of libraries."""
