"""What is offered: events, sessions, ticket types."""
