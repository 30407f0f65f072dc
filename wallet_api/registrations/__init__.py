"""Registrations: somebody proves a phone number or an e-mail address, and has a wallet.

Until the proof nothing of them is in the tables of people, and whoever registers a contact that has a wallet gets the
very same answers: only its owner is told.
"""
