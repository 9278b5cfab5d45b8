"""How goods reach the buyer: couriers, zones, weights and what that costs."""
