"""What the shop sells: categories and products, found by browsing or searching."""
