"""What is issued after an event, and how anyone can verify it."""
