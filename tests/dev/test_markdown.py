"""What our guides use of Markdown becomes HTML, and nothing in it can become more than text."""

import pytest

from dev.markdown import html_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# A *title*", '<h1 id="a-title">A *title*</h1>'),
        ("One\nline", "<p>One line</p>"),
        ("- a\n  b\n- c", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("```python\na < b\n\n# c\n```", '<pre tabindex="0"><code>a &lt; b\n\n# c</code></pre>'),
        ("`a < b` **c**", "<p><code>a &lt; b</code> <strong>c</strong></p>"),
        ("**one `a`**", "<p><strong>one <code>a</code></strong></p>"),
        ("`**a**` and `[b](c)`", "<p><code>**a**</code> and <code>[b](c)</code></p>"),
        ("- [ ] a", '<ul>\n<li class="box">a</li>\n</ul>'),
        ("钱包\n余额，\n`a`，\nAPI\n密钥", "<p>钱包余额，<code>a</code>，API 密钥</p>"),
        ("- 先\n  后", "<ul>\n<li>先后</li>\n</ul>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("[a](https://a.example)", '<p><a href="https://a.example" rel="noreferrer">a</a></p>'),
        ("[a](javascript:alert)", "<p>a</p>"),
        ("[a](../ledger.md)", "<p>a</p>"),
        ("[a](../errors.md)", '<p><a href="../errors" rel="noreferrer">a</a></p>'),
        ("[a](../sandbox.md#x)", '<p><a href="../guides/sandbox#x" rel="noreferrer">a</a></p>'),
        ("[a](../zh-events.md)", '<p><a href="../guides/zh-events" rel="noreferrer">a</a></p>'),
        ("[a](webhooks.md#x)", '<p><a href="../guides/webhooks#x" rel="noreferrer">a</a></p>'),
    ],
)
def test_it_is_shown_as_it_is_meant(text: str, shown: str) -> None:
    assert html_of(text, "../") == shown


def test_a_table_keeps_its_cells() -> None:
    shown = html_of("| a | b |\n|---|---|\n| `c` | d \\| e |")
    assert "<tr><th>a</th><th>b</th></tr>" in shown
    assert "<tr><td><code>c</code></td><td>d | e</td></tr>" in shown


def test_a_long_name_in_a_cell_may_be_broken_where_its_parts_meet() -> None:
    assert "<code>payout.<wbr>a_<wbr>b</code>" in html_of("| a |\n|---|\n| `payout.a_b` |")
    assert "a_b" in html_of("| a |\n|---|\n| a_b |")
