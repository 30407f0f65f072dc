"""How registering says no; what is wrong with a field is said on the field."""

from __future__ import annotations

from wallet_api.errors import Invalid


class RegistrationRefused(Invalid):
    """A contact is missing or takes no message, or a consent is missing."""

    code = "registration_refused"
