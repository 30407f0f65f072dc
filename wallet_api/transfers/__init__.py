"""Transfers: a person sends money to another by phone number, e-mail or id. It arrives at once, wholly, or nothing has happened."""
