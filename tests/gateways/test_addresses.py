"""Which addresses of others may be called: none that leads into our own network, however it is written."""

from ipaddress import ip_network

import pytest

from wallet_api.gateways.addresses import Rules, Target

RULES = Rules(own_hosts=("wallet.example.com",))
HERE = Rules(here=True)

NOT_TO_BE_CALLED = (
    "",
    "example.com",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://example.com:22/",
    "https://example.com:6379/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:",
    # addresses, in every way to write them
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://8.8.8.8/",
    "https://example.0x7f/",
    "https://1.2.3.4./",
    # whose host is it?
    "https://user@example.com/",
    "https://user:word@example.com/",
    "https://example.com@169.254.169.254/",
    "https://example.com#@169.254.169.254/",
    "https://example.com\\@169.254.169.254/",
    "https://169.254.169.254\\.example.com/",
    "https://example.com/#here",
    "https://exa mple.com/",
    "https://example.com/a b",
    "https://example.com/\r\nHost: elsewhere",
    "https://exam\tple.com/",
    "https://example.com\n/",
    " https://example.com/",
    "https://例子.中国/",
    "https://example。com/",
    "https://ex%61mple.com/",
    "https://-example.com/",
    "https://example..com/",
    # names of our own, and of nobody's public network
    "https://wallet.example.com/v1/payments",
    "https://WALLET.example.com./",
    "https://api.wallet.example.com/",
    "https://localhost/",
    "https://localhost./",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "https://4.3.2.1.in-addr.arpa/",
    "http://localhost:3000/",
    "https://example.com/" + "a" * 2000,
)


@pytest.mark.parametrize("url", NOT_TO_BE_CALLED)
def test_an_address_that_nobody_may_call_p16(url: str) -> None:
    """P16."""
    assert RULES.target(url) is None


def test_an_address_is_taken_apart_as_it_is_called() -> None:
    assert RULES.target("https://Shop.Example.org") == Target("https", "shop.example.org", 443, "/")
    assert RULES.target("https://shop.example.org.:8443/hook?a=%20b&c=d") == Target(
        "https", "shop.example.org", 8443, "/hook?a=%20b&c=d"
    )
    assert RULES.target("https://xn--fsqu00a.xn--fiqs8s/") == Target("https", "xn--fsqu00a.xn--fiqs8s", 443, "/")
    assert RULES.target("https://notwallet.example.com/") is not None
    target = RULES.target("https://shop.example.org:8443/")
    assert target is not None
    assert target.authority == "shop.example.org:8443"


REFUSED = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "::169.254.169.254",
    "::ffff:0:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "2001:0:a9fe:a9fe::",
    "fd00:ec2::254",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2001:db8::1",
    "not an address",
    "",
)


@pytest.mark.parametrize("address", REFUSED)
def test_a_name_that_leads_to_an_address_of_nobodys_public_network_p16(address: str) -> None:
    """P16: alone, and hidden among good ones; Python calls NAT64, 6to4 and 192.0.0.192 global."""
    target = RULES.target("https://shop.example.org/")
    assert target is not None
    assert RULES.allows(target, [address]) is None
    assert RULES.allows(target, ["93.184.216.34", address]) is None
    assert RULES.allows(target, [address, "2606:2800:220:1::"]) is None


def test_public_addresses_may_be_called() -> None:
    target = RULES.target("https://shop.example.org/")
    assert target is not None
    found = RULES.allows(target, ["93.184.216.34", "2606:2800:220:1::"])
    assert [str(each) for each in found or ()] == ["93.184.216.34", "2606:2800:220:1::"]
    assert RULES.allows(target, []) is None


def test_a_developers_own_machine_is_called_only_where_that_is_said() -> None:
    for url in ("http://localhost:3000/hook", "http://127.0.0.1:3000/", "http://[::1]:3000/"):
        target = HERE.target(url)
        assert target is not None
        assert HERE.allows(target, ["127.0.0.1"])
        assert HERE.allows(target, ["10.0.0.1"]) is None
        assert RULES.target(url) is None
    for url in (
        "http://10.0.0.1:3000/",
        "http://127.0.0.2/",
        "http://localhost.example.org:3000/",
        "https://localhost/",
    ):
        assert HERE.target(url) is None
    named = HERE.target("https://shop.example.org/")
    assert named is not None
    assert HERE.allows(named, ["127.0.0.1"]) is None


def test_a_network_may_be_made_to_count_as_public() -> None:
    rules = Rules(also=(ip_network("127.0.0.0/8"),))
    target = rules.target("https://shop.example.org/")
    assert target is not None
    assert rules.allows(target, ["127.0.0.1"])
    assert rules.allows(target, ["127.0.0.1", "::1"]) is None
