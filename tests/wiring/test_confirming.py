"""Who confirms movements shares one set of events, phones and companies, and asks a company for a text but once."""

from typing import Any

from dev.cloud.local import LocalCloud


def test_workers_and_phones_are_the_same_for_all(cloud: LocalCloud) -> None:
    wallet = cloud.wallet
    assert wallet.confirmations.phones is wallet.phones
    assert wallet.confirmations.push is wallet.phones.push
    assert wallet.confirmation_dispatch.events is wallet.events
    assert wallet.confirmation_dispatch.queue is not wallet.deliveries.queue


def test_a_text_is_asked_for_once_however_the_company_answers(cloud: LocalCloud) -> None:
    """A23: botocore would send it again after a lost answer, and SNS would deliver both."""

    def attempts(company: Any) -> Any:
        return company._client.meta.config.retries["total_max_attempts"]

    assert attempts(cloud.wallet.confirmations.sms) == attempts(cloud.wallet.confirmations.mail) == 1
    assert attempts(cloud.wallet.notifications.sms) > 1
