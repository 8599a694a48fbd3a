"""People who come from a file: the file while it waits to be confirmed, what its columns mean, who is in its rows."""
