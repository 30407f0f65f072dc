"""Confirmations, from the movement to the phone: everybody concerned, where they chose, and nobody else."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, send, signed_in_again
from tests.confirming import (
    OFF,
    ON,
    choose,
    kept,
    message_of,
    moved,
    pushed,
    texted,
    told_over,
    waiting,
    with_phone,
)
from tests.freezing import freeze, with_email
from tests.handset import a_handset, scan, set_limit
from tests.recovering import at_the_start_of_a_stretch
from tests.shopping import confirm
from wallet_api.rate_limits.model import confirmation_shares


def test_nobody_is_told_of_anybody_elses_movements_p1(api: Api, cloud: LocalCloud) -> None:
    """P1: neither a stranger's phone nor their number."""
    payer, _ = with_phone(api, cloud, balance=5_000)
    stranger, strangers = with_phone(api, cloud)
    choose(api, stranger, money_in=ON, money_out=ON)
    send(api, payer, a_person(api, cloud), 700).ok(201)
    assert pushed(cloud, strangers) == texted(cloud, stranger) == []


def test_a_movement_is_told_to_both_sides_with_amount_other_side_time_and_reference(
    api: Api, cloud: LocalCloud
) -> None:
    payer, payers = with_phone(api, cloud, balance=50_000)
    payee, payees = with_phone(api, cloud)
    sent = send(api, payer, payee, 700).ok(201)
    (received,) = pushed(cloud, payees)
    out = pushed(cloud, payers)[0]
    title, text = out.split("\n\n")
    assert title == "Sent"
    assert text.startswith(f"You sent 7.00 CNY to {payee.phone[:-8]}****{payee.phone[-4:]}. ")
    assert f" UTC+8, no. {sent['id']}. Not you? Freeze your wallet" in text
    assert received.startswith(f"Received\n\nYou received 7.00 CNY from {payer.phone[:-8]}****{payer.phone[-4:]}. ")
    assert "Not you?" not in received, "nobody is harmed by what they get"


def test_an_sms_is_in_the_persons_language_names_its_sender_and_holds_no_whole_number(
    api: Api, cloud: LocalCloud
) -> None:
    """An SMS is read on the way by others."""
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    cloud.pump.drain()
    api.patch("/v1/me", {"locale": "zh-CN"}, token=payer.token).ok(200)
    choose(api, payer, money_out=ON)
    send(api, payer, payee, 700).ok(201)
    (text,) = texted(cloud, payer)
    assert text.startswith(f"【数字钱包】您向{payee.phone[:-8]}****{payee.phone[-4:]}转账 7.00 CNY。")
    assert text.endswith("如非本人操作，请立即在应用中冻结钱包。")
    assert payee.phone not in text


def test_who_chose_nothing_is_told_in_the_inbox_alone(api: Api, cloud: LocalCloud) -> None:
    payer, payee = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    before = len(cloud.inbox.messages(payer.phone))
    send(api, payer, payee, 700).ok(201)
    cloud.pump.drain()
    assert len(cloud.inbox.messages(payer.phone)) == before
    assert kept(cloud) == []
    assert api.get("/v1/notifications", token=payer.token).ok(200)["data"][0]["title"] in ("Sent", "转账成功")


def test_each_channel_is_told_and_what_is_off_is_not(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    address = with_email(api, cloud, payer)
    choose(api, payer, money_out={"push": False, "sms": False, "email": True})
    send(api, payer, a_person(api, cloud), 700).ok(201)
    (mail,) = told_over(cloud, "email", address)
    assert mail.startswith("Sent\n\nYou sent 7.00 CNY to ")
    assert pushed(cloud, token) == texted(cloud, payer) == []


def test_below_the_chosen_amount_no_sms_is_sent_and_at_it_one_is(api: Api, cloud: LocalCloud) -> None:
    payer = a_person(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON, sms_from={"amount": 700, "currency": "CNY"}, locale="en")
    for amount in (699, 700):
        send(api, payer, a_person(api, cloud), amount).ok(201)
    (text,) = texted(cloud, payer)
    assert "You sent 7.00 CNY" in text


def test_a_payment_that_waits_is_pushed_whatever_was_chosen_while_it_waits(api: Api, cloud: LocalCloud) -> None:
    """A customer stands at the till: the code did not pay by itself, and the phone has to say so."""
    payer, token = with_phone(api, cloud, balance=50_000)
    choose(api, payer, money_out=OFF)
    handset, shop = a_handset(api, cloud, payer), a_merchant(cloud, "Tea House")
    set_limit(api, payer, 0).ok(200)
    waits = scan(api, shop, handset.code()).ok(201)
    assert waits["status"] == "requires_action"
    (text,) = pushed(cloud, token)
    assert text.startswith("A payment waits for you\n\nTea House asks you for 12.50 CNY. Open the app and confirm")

    second = scan(api, shop, handset.next_code()).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
    confirm(api, payer, second["id"]).ok(200)
    cloud.advance("1m")
    assert len(pushed(cloud, token)) == 1, "nothing waits any more, and paying is switched off"


def test_what_waited_too_long_is_not_pushed(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=50_000)
    handset, shop = a_handset(api, cloud, payer), a_merchant(cloud)
    set_limit(api, payer, 0).ok(200)
    scan(api, shop, handset.code()).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
    (item,) = kept(cloud)
    cloud.clock.advance("10m")
    assert cloud.wallet.confirmations.take([message_of(item)]) == []
    assert pushed(cloud, token) == []
    assert "due_at" not in kept(cloud)[0]


def test_nobody_is_sent_more_sms_than_their_share(api: Api, cloud: LocalCloud) -> None:
    """A21: who is paid for SMS would send fen to themselves all day. The phone and the inbox have everything."""
    payer, token = with_phone(api, cloud, balance=50_000)
    payee = a_person(api, cloud)
    choose(api, payer, money_out=ON)
    at_the_start_of_a_stretch(cloud)
    payer = signed_in_again(api, payer)
    for _ in range(12):
        send(api, payer, payee, 1).ok(201)
    assert len(pushed(cloud, token)) == 12
    assert len(texted(cloud, payer)) == 10
    cloud.advance("11m")
    assert len(texted(cloud, payer)) == 10, "what was held back does not come late"


def test_nobodys_mailbox_is_flooded(api: Api, cloud: LocalCloud) -> None:
    """Whoever sends somebody a fen at a time."""
    payee = a_person(api, cloud)
    address = with_email(api, cloud, payee)
    choose(api, payee, money_in=ON, locale="en")
    wallet = cloud.wallet
    for _ in range(200):
        with wallet.storage.trip() as trip:
            full = wallet.rate_limits.take(confirmation_shares("email", payee.id), trip)
        assert full() == []
    send(api, a_person(api, cloud, balance=5_000), payee, 1).ok(201)
    assert told_over(cloud, "email", address) == []
    assert len(texted(cloud, payee)) == 1


def test_a_person_who_is_frozen_is_told_where_no_session_is_needed(api: Api, cloud: LocalCloud) -> None:
    """A freeze ends the sessions, and with them the pushes: the phone may be the stolen one."""
    payee, token = with_phone(api, cloud)
    payer = a_person(api, cloud, balance=50_000)
    choose(api, payer, money_out=ON)
    choose(api, payee, money_in=ON)
    moved(api, cloud, payer)
    send(api, payer, payee, 900).ok(201)
    freeze(api, payee).ok(201)
    cloud.pump.drain()
    assert pushed(cloud, token) == []
    assert len(texted(cloud, payee)) == 1


def test_a_name_that_somebody_chose_is_not_sent_in_ours(api: Api, cloud: LocalCloud) -> None:
    """A stranger's words would come from the wallet's own number."""
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    choose(api, payee, money_in=ON)
    api.patch("/v1/me", {"display_name": "钱包客服请加微信"}, token=payer.token).ok(200)
    send(api, payer, payee, 1).ok(201)
    (text,) = texted(cloud, payee)
    assert "微信" not in text
    assert payer.phone[-4:] in text
