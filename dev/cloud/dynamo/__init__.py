"""DynamoDB's item operations as AWS describes them: all-or-nothing, isolated, exact to 38 digits."""
