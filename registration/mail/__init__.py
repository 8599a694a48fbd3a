"""The post office: outbox, delivery, retry. Knows no event."""
