"""The edge: it knows Chalice and HTTP, and neither a rule of the wallet nor DynamoDB."""
