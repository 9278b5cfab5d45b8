"""Bringing customers and products over from marketplaces, row by row, with nothing lost on the way."""
