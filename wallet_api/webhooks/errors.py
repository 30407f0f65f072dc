"""How a wish about webhook endpoints is refused.

TooManyWebhookEndpoints   the merchant has as many as there may be: `limit`
WebhookSecretsRolling     too many secrets are still valid beside the newest: `limit`
WebhookEndpointDisabled   nothing is sent to the endpoint
ClaimedElsewhere          somebody else changed it at the same moment: look again
"""

from __future__ import annotations

from wallet_api.errors import Conflict


class TooManyWebhookEndpoints(Conflict):
    """The merchant has as many endpoints as there may be."""

    code = "too_many_webhook_endpoints"


class WebhookSecretsRolling(Conflict):
    """As many secrets as there may be are valid: one of them has to run out first."""

    code = "webhook_secrets_rolling"


class WebhookEndpointDisabled(Conflict):
    """The endpoint is disabled, so nothing is sent to it."""

    code = "webhook_endpoint_disabled"


class ClaimedElsewhere(Exception):
    """Another request was first."""
