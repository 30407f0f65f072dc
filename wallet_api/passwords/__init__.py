"""Passwords: the first factor. At least eight characters, any characters, nothing that attackers try first (NIST SP
800-63B-4).

Eight are enough because a second factor is always asked. What is kept is an argon2id hash with its parameters, which
is made anew at the next sign-in when the parameters were raised.
"""
