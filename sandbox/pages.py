"""The layout of HTML pages, and the index page."""

from aiohttp import web

STYLE = """
:root{color-scheme:light dark;--ink:#1a2233;--dim:#667085;--line:#e3e6ec;--paper:#fff;
--ground:#f5f6f9;--main:#4f46e5}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9f0;--dim:#98a2b3;--line:#2d3444;
--paper:#171c27;--ground:#0e121a;--main:#818cf8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:2rem 1rem;font:16px/1.5 system-ui,sans-serif;
color:var(--ink);background:var(--ground)}
h1{font-size:1.4rem}a{color:var(--main)}
article,details{background:var(--paper);border:1px solid var(--line);border-radius:.7rem;
padding:1rem;margin:0 0 1rem}
article header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;justify-content:space-between}
.dim{color:var(--dim);font-size:.9rem}.tag{border:1px solid var(--line);border-radius:1rem;
padding:0 .6rem;font-size:.8rem}
iframe{width:100%;height:20rem;border:1px solid var(--line);border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
form{display:inline}button,input{font:inherit;padding:.5rem 1rem;border-radius:.5rem;
border:1px solid var(--line);background:var(--paper);color:var(--ink)}
button{cursor:pointer}button.main{background:var(--main);color:var(--paper);border-color:var(--main)}
"""

INDEX = """
<h1>Sandbox</h1>
<p>Stand-ins for Stripe and SendGrid. Nothing here moves money or sends email.</p>
<ul>
<li><a href="/mail">Mailbox</a> and <a href="/mail.json">mail.json</a></li>
<li><a href="/ledger.json">Ledger</a>: the bank's view of all payments, and
<a href="/calls.json">calls</a>: the number of calls</li>
<li><a href="/faults">Faults</a>: deliberate errors (PUT to change them)</li>
<li><a href="/stripe.js">stripe.js</a>, <a href="/sendgrid/public_key">public key of SendGrid's
event webhook</a>, <a href="/health">health</a></li>
</ul>
<p class="dim">Cards: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined,
4000 0000 0000 9995 has insufficient funds, 4000 0027 6000 3184 requires 3-D Secure.</p>
"""


def page(title: str, body: str) -> web.Response:
    """Return a page. `title` and `body` are HTML, with user input already escaped."""
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style><body>{body}</body></html>"
    )
    return web.Response(text=html, content_type="text/html")


async def index(_: web.Request) -> web.Response:
    return page("Sandbox", INDEX)
