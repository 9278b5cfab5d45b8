"""Backups: a consistent copy of the database and of every file the shop keeps, checked after it was written."""
