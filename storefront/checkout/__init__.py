"""From cart to order: one page, no account needed."""
