"""Clients: which versions of an app may still be used. An operator says so for each platform; nobody is asked to update before
their store has something to update to, since the newest version there is part of the policy.
"""
