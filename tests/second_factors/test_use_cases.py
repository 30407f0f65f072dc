"""The authenticator in its table: sealed, replay-proof, and counted apart from the password."""

from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person
from tests.client import Api
from tests.identity import Authenticator, at_once, enrol, other_than
from tests.recovering import told
from wallet_api.second_factors.errors import TotpEnabled, TotpNotEnabled, TotpNotStarted, WrongFactor
from wallet_api.second_factors.store import RECOVERY, SECOND_FACTOR
from wallet_api.second_factors.use_cases import OwnFactor, SecondFactors
from wallet_api.storage.crypto import SealBroken


@pytest.fixture
def factors(cloud: LocalCloud) -> SecondFactors:
    return cloud.wallet.second_factors


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def use(factors: SecondFactors, person_id: str, method: OwnFactor, code: str) -> None:
    """Proves a factor and does what a sign-in does with the proof."""
    with factors.storage.trip() as trip:
        tried = factors.reserve(person_id, trip)
    accept = factors.prove(tried(), factors.people.require(person_id), method, code)
    with factors.storage.atomic_write() as write:
        accept(write)


def works(factors: SecondFactors, person_id: str, method: OwnFactor, code: str) -> bool:
    try:
        use(factors, person_id, method, code)
    except WrongFactor:
        return False
    return True


def test_a_code_works_once(factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud) -> None:
    """A27: neither again in its step, nor in the next one, nor the one before it afterwards."""
    app, _ = enrol(api, cloud, someone)
    cloud.clock.advance("30s")
    before, now = app.code(steps=-1), app.code()
    use(factors, someone.id, "totp", now)
    assert not works(factors, someone.id, "totp", now)
    assert not works(factors, someone.id, "totp", before)
    cloud.clock.advance("30s")
    assert not works(factors, someone.id, "totp", now)
    assert works(factors, someone.id, "totp", app.code())


def test_the_code_that_confirmed_is_used(factors: SecondFactors, someone: Someone, cloud: LocalCloud) -> None:
    """A27."""
    app = Authenticator(cloud, factors.enrol(someone.id).secret)
    code = app.code()
    factors.confirm(someone.id, code)
    assert not works(factors, someone.id, "totp", code)


def test_of_parallel_uses_of_one_code_one_counts(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A27: the step must grow, by a condition of the write."""
    app, _ = enrol(api, cloud, someone)
    code = app.code()
    assert sum(at_once(5, lambda _: works(factors, someone.id, "totp", code), api)) == 1


def test_of_parallel_uses_of_one_recovery_code_one_counts(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A32."""
    _, codes = enrol(api, cloud, someone)
    assert sum(at_once(3, lambda _: works(factors, someone.id, "recovery_code", codes[3]), api)) == 1
    assert not works(factors, someone.id, "recovery_code", codes[3])
    assert works(factors, someone.id, "recovery_code", codes[4].lower().replace("-", " "))


def test_new_recovery_codes_end_the_old_ones_and_of_parallel_renewals_one_is_done(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A32: shown once, ten again, none of the old ones, and the person is told."""
    app, old = enrol(api, cloud, someone)
    code = app.code()

    def renewed(own: Api) -> list[str]:
        answer = own.post("/v1/recovery_codes", {"code": code}, token=someone.token)
        return answer.json["recovery_codes"] if answer.status == 200 else []

    (new,) = [codes for codes in at_once(3, renewed, api) if codes]
    assert (len(new), set(new) & set(old)) == (10, set())
    assert len(factors.storage.query(factors.recovery_items, someone.id, prefix=RECOVERY)) == 10
    cloud.clock.advance("61s")
    assert not works(factors, someone.id, "recovery_code", old[0])
    assert works(factors, someone.id, "recovery_code", new[0])
    assert len([text for text in told(cloud, someone.phone) if "恢复码已重新生成" in text]) == 1


def test_a_recovery_code_renews_the_others_and_is_used(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A32: for the day the authenticator is lost."""
    _, old = enrol(api, cloud, someone)
    body = {"code": old[0]}
    new = api.post("/v1/recovery_codes", body, token=someone.token).ok(200)["recovery_codes"]
    assert api.post("/v1/recovery_codes", body, token=someone.token).status == 403
    assert works(factors, someone.id, "recovery_code", new[9])
    assert not works(factors, someone.id, "recovery_code", old[1])


def test_setting_up_and_removing_an_authenticator_is_told(someone: Someone, api: Api, cloud: LocalCloud) -> None:
    """A36."""
    app, _ = enrol(api, cloud, someone)
    api.delete("/v1/totp", json={"code": app.code()}, token=someone.token).ok(204)
    texts = told(cloud, someone.phone)
    assert any("动态令牌。" in text and "启用" in text for text in texts)
    assert any("移除" in text for text in texts)


def test_fifty_guesses_at_once_are_five_evaluations(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12, A16."""
    app, _ = enrol(api, cloud, someone)
    evaluated: list[str] = []
    original = SecondFactors._matched_step

    def counted(self: SecondFactors, *given: Any) -> int | None:
        evaluated.append(str(given[-1]))
        return original(self, *given)

    monkeypatch.setattr(SecondFactors, "_matched_step", counted)
    wrong = other_than(app.code())
    assert not any(at_once(50, lambda _: works(factors, someone.id, "totp", wrong), api))
    assert len(evaluated) == 5
    assert not works(factors, someone.id, "totp", app.code()), "A14: locked is answered like wrong"
    cloud.clock.advance("61s")
    assert works(factors, someone.id, "totp", app.code())


def test_an_authenticator_counts_only_after_one_right_code(
    factors: SecondFactors, someone: Someone, cloud: LocalCloud
) -> None:
    """A31."""
    app = Authenticator(cloud, factors.enrol(someone.id).secret)
    assert not works(factors, someone.id, "totp", app.code())
    with pytest.raises(WrongFactor):
        factors.confirm(someone.id, other_than(app.code()))
    assert not factors.people.require(someone.id).totp_enabled
    assert len(factors.confirm(someone.id, app.code())) == 10
    assert factors.people.require(someone.id).totp_enabled


def test_another_secret_replaces_one_that_was_not_confirmed_and_none_that_was(
    factors: SecondFactors, someone: Someone, cloud: LocalCloud
) -> None:
    old = Authenticator(cloud, factors.enrol(someone.id).secret)
    new = Authenticator(cloud, factors.enrol(someone.id).secret)
    with pytest.raises(WrongFactor):
        factors.confirm(someone.id, old.code())
    factors.confirm(someone.id, new.code())
    with pytest.raises(TotpEnabled):
        factors.enrol(someone.id)
    with pytest.raises(TotpNotStarted):
        factors.confirm(someone.id, new.code())


def test_nothing_to_confirm_or_remove_costs_no_try(factors: SecondFactors, someone: Someone) -> None:
    for _ in range(7):
        with pytest.raises(TotpNotStarted):
            factors.confirm(someone.id, "123456")
        with pytest.raises(TotpNotEnabled):
            factors.remove(someone.id, "123456")


def test_an_authenticator_is_removed_by_itself_or_by_a_recovery_code_with_all_its_codes(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A32: when a list is made anew, the old codes are dead."""
    app, codes = enrol(api, cloud, someone)
    with pytest.raises(WrongFactor):
        factors.remove(someone.id, other_than(app.code()))
    factors.remove(someone.id, app.code())
    assert not factors.people.require(someone.id).totp_enabled
    assert factors.storage.query(factors.recovery_items, someone.id, prefix=RECOVERY) == []
    _, fresh = enrol(api, cloud, someone)
    assert not works(factors, someone.id, "recovery_code", codes[0])
    factors.remove(someone.id, fresh[0])
    assert not works(factors, someone.id, "recovery_code", fresh[1])


def test_a_secret_is_sealed_for_its_person_and_recovery_codes_are_hashed(
    factors: SecondFactors, someone: Someone, api: Api, cloud: LocalCloud
) -> None:
    """A31, A32, D5."""
    secret = factors.enrol(someone.id).secret
    codes = factors.confirm(someone.id, Authenticator(cloud, secret).code())
    item = factors.storage.get(factors.items, someone.id, SECOND_FACTOR)
    assert item is not None
    rows = repr([item.attribute_values, *factors.storage.query(factors.recovery_items, someone.id, prefix=RECOVERY)])
    assert not [kept for kept in (secret, *codes, codes[0].replace("-", "")) if kept in rows]
    stranger = factors.people.require(a_person(api, cloud, pin=None).id)
    with pytest.raises(SealBroken):
        factors.people.unseal(stranger, "totp_secret", item.secret_sealed)
