"""The print shop: papers of many pages, drawn by the worker file by file; it knows no event."""
