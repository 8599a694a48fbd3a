"""What is printed before an event."""
