"""docs/events.md and docs/zh-events.md: every type of event, and what people are told of."""

from collections.abc import Callable

from chalicelib import openapi
from chalicelib.routes import every
from wallet_api.confirmations.model import CHANNELS, TOLD, Kind
from wallet_api.events.model import TYPES

ENGLISH = """# Events

[中文](zh-events.md)

Merchants and people list their own at `GET /v1/events`; merchants have theirs sent to them ([webhooks](guides/webhooks.md)).

| type | told when |
|---|---|
{rows}

## What people are told of, and where

Everything in this table stands in the inbox of the person it concerns (`GET /v1/notifications`). Beside it they choose, by topic,
what is pushed to their phones, sent by SMS or mailed: `GET` and `PATCH /v1/me/notification_preferences`. At first push is on, SMS
and e-mail are off. What moved money goes over every channel that is on; what moved none is only pushed. What waits for the person
is pushed whatever they chose, and only while it waits. Below `sms_from` no SMS is sent. What happens to the access to a wallet
(new devices, passwords, freezes) is told by SMS and e-mail in any case.

| type | topic | goes out by |
|---|---|---|
{told}

A phone is pushed to once its app has sent `PUT /v1/devices/current/push_token` with the token that Apple or Firebase gave it,
until its session ends, however it ends; an app sends it after each sign-in and whenever its token changes. Of a push, `data`
names the object: `notification_id`, `type`, `object`, `id`.

A confirmation says the amount, a fee on top, the merchant's registered name or the other person's masked number, the time in
China and the reference, in the person's language (`locale`: their profile's, or another); never a card's or a phone's whole
number, and no link. It comes after the fact and no movement waits for it. A message company that is away is asked again for a
day, ten minutes long for what waits. No SMS and no e-mail is sent twice for one movement; a push that is sent twice is shown
once. A person gets at most ten SMS in ten minutes and fifty a day, and two hundred mails; the inbox has all.

This page is made by `./wallet documents`: change the code and make it anew.
"""

CHINESE = """# 事件

[English](events.md)

商户和个人都可以用 `GET /v1/events` 查询自己的事件；商户的事件还会发送到其服务器
（[异步通知](guides/zh-webhooks.md)）。

| 类型 | 何时发生 |
|---|---|
{rows}

## 通知个人什么，通过哪里

下表中的一切都会出现在当事人的消息列表里（`GET /v1/notifications`）。此外，个人可以按主题选择哪些推送到手机、发短信或发邮件：
`GET` 和 `PATCH /v1/me/notification_preferences`。起初推送打开，短信和邮件关闭。资金有变动的，通过所有打开的渠道通知；没有变动的只推送。
等待本人处理的，无论怎样设置都会推送，且只在等待期间推送。金额低于 `sms_from` 的不发短信。涉及钱包访问安全的（新设备、密码、冻结），
一律以短信和邮件通知。

| 类型 | 主题 | 渠道 |
|---|---|---|
{told}

应用用 `PUT /v1/devices/current/push_token` 提交 Apple 或 Firebase 给它的令牌之后，手机就能收到推送，直到会话结束，不论怎样结束；
应用应在每次登录之后和令牌变化时提交。推送中的 `data` 指明对象：`notification_id`、`type`、`object`、`id`。

动账通知写明金额、另收的手续费、商户的登记名称或对方的掩码号码、北京时间和流水号，使用本人的语言（`locale`：个人资料里的语言，或另行设置）；
绝不含完整的卡号或手机号，也不含链接。通知在事后发出，任何资金变动都不会等待它。消息服务商不可用时会重试一天，等待处理的只重试十分钟。
同一笔变动的短信和邮件不会发送两次；推送若发送两次，也只显示一次。每人十分钟内最多收到十条短信，一天最多五十条短信、两百封邮件；
全部通知都在消息列表里。

本页由 `./wallet documents` 生成：请修改代码后重新生成。
"""

OF_PEOPLE = {
    "top_up.requires_action": "发卡行要求确认充值",
    "top_up.succeeded": "银行卡的款项已充入钱包",
    "top_up.failed": "银行卡未被扣款",
    "top_up.compensated": "银行卡其实已被扣款，款项迟到入账",
    "top_up.charge_reversed": "扣款后来被撤销，款项随之转出",
    "withdrawal.created": "款项已预留，正在提现到银行卡",
    "withdrawal.succeeded": "银行已受理提现",
    "withdrawal.failed": "银行卡未能接收提现，款项与手续费已退回余额",
    "withdrawal.returned": "银行已将提现退回，款项与手续费已回到余额",
    "withdrawal.corrected": "告知失败的提现其实已到账，款项已再次扣除",
    "transfer.sent": "已转账给他人",
    "transfer.received": "收到他人转账",
    "transfer.created": "款项已为延时转账预留，到时到账",
    "transfer.succeeded": "延时转账已到账",
    "transfer.canceled": "延时转账已撤销，款项与手续费已退回余额",
    "transfer.failed": "延时转账未能到账，款项与手续费已退回余额",
    "transfer.missed": "本人钱包无法收款，他人的延时转账已退回对方",
}
"""The document, which is for merchants' servers, does not tell of these."""

OUT = {"en": ("push, in any case", ", ", "push"), "zh": ("推送，无论怎样设置", "、", "推送")}
"""How it goes out when it waits for the person, what stands between channels, and how when no money moved."""

CHANNEL = {"push": "推送", "sms": "短信", "email": "邮件"}


def pages() -> dict[str, Callable[[], str]]:
    """By the file's name, what makes it."""
    return {"docs/events.md": events_md, "docs/zh-events.md": zh_events_md}


def events_md() -> str:
    """docs/events.md."""
    rows = [f"| `{kind}` | {when} |" for kind, when in sorted(TYPES.items())]
    return ENGLISH.format(rows="\n".join(rows), told=_told("en"))


def zh_events_md() -> str:
    """docs/zh-events.md, in the words of the OpenAPI document."""
    document = openapi.document([each for routes in every() for each in routes.endpoints], "https://wallet.example")
    told = {kind: item["post"]["x-summary-zh"] for kind, item in document["webhooks"].items()}
    rows = [f"| `{kind}` | {OF_PEOPLE.get(kind) or told[kind]} |" for kind in sorted(TYPES)]
    return CHINESE.format(rows="\n".join(rows), told=_told("zh"))


def _told(language: str) -> str:
    rows = [f"| `{name}` | `{kind.topic}` | {_goes_out(kind, language)} |" for name, kind in sorted(TOLD.items())]
    return "\n".join(rows)


def _goes_out(kind: Kind, language: str) -> str:
    urgent, comma, alone = OUT[language]
    if kind.urgent:
        return urgent
    channels = [CHANNEL[each] if language == "zh" else each for each in CHANNELS]
    return comma.join(channels) if kind.moves else alone
