"""Cards: a person binds a card after its issuer confirmed it. The number goes to the acquirer alone; we keep its token."""
