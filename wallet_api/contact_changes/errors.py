"""How contact changes say no; codes and people say the rest.

ContactRefused   this cannot become the contact
"""

from __future__ import annotations

from wallet_api.errors import Invalid


class ContactRefused(Invalid):
    """The contact is the person's already, or takes no message."""

    code = "contact_refused"
