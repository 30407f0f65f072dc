"""One-time codes: six digits over SMS or e-mail prove that a person holds a phone number or an address.

A code serves one purpose and one subject, lives ten minutes, works once and bears five wrong tries in all, however
often it is sent again. Only a keyed hash of it is kept.
"""
