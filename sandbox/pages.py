"""The layout of the pages of a payment."""

from aiohttp import web

STYLE = """
:root{color-scheme:light dark;--ink:#1a2233;--dim:#667085;--line:#e3e6ec;--paper:#fff;
--ground:#f5f6f9;--main:#4f46e5}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9f0;--dim:#98a2b3;--line:#2d3444;
--paper:#171c27;--ground:#0e121a;--main:#818cf8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;
color:var(--ink);background:var(--ground)}
h1{font-size:1.4rem}
form{display:inline}button,input{font:inherit;padding:.5rem 1rem;border-radius:.5rem;
border:1px solid var(--line);background:var(--paper);color:var(--ink)}
button{cursor:pointer}button.main{background:var(--main);color:var(--paper);border-color:var(--main)}
"""


def page(title: str, body: str) -> web.Response:
    """Return a page. `title` and `body` are HTML, with user input already escaped."""
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style><body>{body}</body></html>"
    )
    return web.Response(text=html, content_type="text/html")
