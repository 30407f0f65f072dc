"""Second factors that a person owns: an authenticator app (TOTP, RFC 6238) and ten recovery codes for the day it is
lost.

Codes that are sent are one-time codes; the tries of all second factors of a person are counted together here, apart
from the password's, and a new sign-in does not reset them.
"""
