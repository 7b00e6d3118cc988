"""The search index of an archive: filling it, keeping it up, showing what it finds."""
