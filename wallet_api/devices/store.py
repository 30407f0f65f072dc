"""The devices' items: under their person, so that one query lists them."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute

from wallet_api.devices.model import Algorithm, Key, RegisteredDevice, moment_of
from wallet_api.storage.items import Item, Moment, UnicodeAttribute, WholeNumber

DEVICE = "device/"


class DeviceItem(Item):
    """pk = person, sk = `device/dev_…`. A public key needs no sealing. `session_id` is the session that began on it last."""

    table = "people"

    id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    platform = UnicodeAttribute(null=True)
    app_version = UnicodeAttribute(null=True)
    added_at = Moment()
    last_signed_in_at = Moment()
    session_id = UnicodeAttribute(null=True)
    limited_until_seconds = WholeNumber()
    public_key = BinaryAttribute(legacy_encoding=False, null=True)
    algorithm = UnicodeAttribute(null=True)
    key_added_at = Moment(null=True)
    key_trusted_from = Moment(null=True)
    signatures = WholeNumber(null=True)

    def device(self) -> RegisteredDevice:
        """The item as the wallet speaks of it."""
        limited_until = moment_of(self.limited_until_seconds)
        return self.as_record(RegisteredDevice, person_id=self.pk, limited_until=limited_until, key=self._key())

    def _key(self) -> Key | None:
        if not self.public_key:
            return None
        algorithm: Algorithm = "Ed25519" if self.algorithm == "Ed25519" else "ES256"
        return Key(algorithm, self.public_key, self.key_added_at, self.key_trusted_from, self.signatures or 0)
