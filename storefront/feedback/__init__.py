"""What people say and ask: reviews, questions about products, messages to the shop."""
