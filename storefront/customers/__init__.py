"""Who buys: accounts without passwords, addresses, consent, and what the law lets people ask for."""
