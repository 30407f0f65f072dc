"""Top-ups: money from a bound card into the wallet. What the acquirer took is always posted, once, however often it is asked."""
