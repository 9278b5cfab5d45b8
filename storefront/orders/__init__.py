"""What was bought: orders, their lines, their history and the page where the shopper follows them."""
