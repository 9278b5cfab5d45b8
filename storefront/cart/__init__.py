"""What a visitor means to buy: variant ids, quantities and the prices seen, kept in the session."""
