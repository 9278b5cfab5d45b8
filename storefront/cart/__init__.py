"""What a visitor means to buy: product ids, quantities and the prices seen, kept in the session."""
