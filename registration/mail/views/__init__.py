"""The pages of the post office: the log of the back office, and declining invitations."""
