"""The text that is kept of other people's HTML."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.queries.assainissement import texte_de_html

MORCEAUX = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<br>",
            "<br/>",
            "<br />",
            "<strong>",
            "</strong>",
            "<em>",
            "</em>",
            "<b>",
            "</b>",
            "</a>",
            "<a>",
        ),
        *(
            '<a href="https://ds.example/d?a=1&amp;b=2" target="_blank">',
            "<a href='x'>",
            '<a href="a"b="c">',
            "<div>",
            "</div>",
        ),
        *("&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&#39;", "&amp;lt;", "&eacute;", "&amp", "&#0;", "\r", "\0"),
        *(
            "Bonjour",
            " ",
            "\n",
            "\n\n",
            "\t",
            "\xa0",
            "a > b",
            "<",
            '"',
            "<script>x</script>",
            "<P>",
            "</br>",
            "<li>",
            "<!-- x -->",
        ),
    ]
)
SIMPLES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "</p><p>",
            "<br>",
            "<br />",
            "<strong>",
            "</strong>",
            "<i>",
            "</i>",
            "</a>",
            '<a href="https://ds.example">',
        ),
        *("&amp;", "&nbsp;", "&lt;", "Bonjour", " ", "\n", "\t", "\xa0", ">"),
    ]
)


@given(st.one_of(st.lists(MORCEAUX, max_size=12), st.lists(SIMPLES, max_size=12)))
@settings(max_examples=300, deadline=None)
def test_simple_html_reads_as_a_browser_would_read_it(morceaux: list[str]) -> None:
    html = "".join(morceaux)
    # A comment shows nothing, and DS writes none: nh3 reads what bears one.
    assert texte_de_html(html) == texte_de_html(f"<!---->{html}")
