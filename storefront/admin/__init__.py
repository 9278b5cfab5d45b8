"""The owner's panel: staff sign in, find orders and send them."""
