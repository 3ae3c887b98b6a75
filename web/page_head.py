"""The head of a page: title, description, canonical address, link preview and linked data."""

import json
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from models import Product, ProductStatus
from models.money import to_decimal
from web.urls import make_absolute

MARKER = "<!--meta-->"
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
SHOP = "ProjectX"
ABOUT = "Well-made things for a desk and a home, from lamps to turntables."
PREVIEW_IMAGE = "/static/shop/og.png"
PICTURES = "/static/products"
# Made from the pictures of the same names by `make previews`.
PREVIEWS = frozenset(
    f"{PICTURES}/{file.stem}" for file in (Path(__file__).parent / "static/products").glob("*.jpg")
)
MAX_DESCRIPTION_LENGTH = 300  # characters; link previews show fewer
# They end a script, begin a comment in it, or are line ends in old JavaScript.
UNSAFE_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Head:
    """Facts about a page, for its reader's browser, search engines and link previews."""

    path: str
    title: str = SHOP
    description: str = ABOUT
    # The picture of its link previews, where it has its own.
    preview: str = ""
    is_public: bool = True
    properties: dict[str, str] = field(default_factory=dict)
    linked_data: dict[str, Any] | None = None
    # Answers of the API by their addresses, and pictures: the page needs them at its start.
    answers: dict[str, Any] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()

    def insert(self, index: str, nonce: str) -> str:
        """Return the HTML of the app with this head. `nonce` permits styles of its scripts."""
        title = f"<title>{escape(self.title)}</title>"
        with_title = TITLE.sub(lambda _: title, index, count=1)
        return with_title.replace(MARKER, "\n    ".join(self._tags(nonce)), 1)

    def _tags(self, nonce: str) -> list[str]:
        properties = {
            "og:site_name": SHOP,
            "og:type": "website",
            "og:title": self.title.removesuffix(f" · {SHOP}"),
            "og:description": self.description,
            "og:url": make_absolute(self.path),
            "og:image": make_absolute(self.preview or PREVIEW_IMAGE),
            **self.properties,
        }
        names = {
            "description": self.description,
            "twitter:card": "summary_large_image",
            **({} if self.is_public else {"robots": "noindex"}),
        }
        tags = [f'<meta property="csp-nonce" nonce="{nonce}">']
        tags += [f'<meta name="{name}" content="{escape(text)}">' for name, text in names.items()]
        if self.is_public:
            tags.append(f'<link rel="canonical" href="{escape(make_absolute(self.path))}">')
            tags += [
                f'<meta property="{name}" content="{escape(text)}">'
                for name, text in properties.items()
            ]
        tags += [
            f'<link rel="preload" as="image" href="{escape(picture)}" fetchpriority="high">'
            for picture in self.pictures
        ]
        if self.linked_data is not None:
            tags.append(
                f'<script type="application/ld+json">{_in_script(self.linked_data)}</script>'
            )
        answers = _in_script(self.answers)
        return [*tags, f'<script type="application/json" id="answers">{answers}</script>']


def head_of(product: Product) -> Head:
    """Return the head of a product's page."""
    path = f"/products/{product.id}"
    image, description = make_absolute(product.image_url), _shorten(product.description)
    price, currency = str(to_decimal(product.price, product.currency)), product.currency.upper()
    return Head(
        path,
        title=f"{product.name} · {SHOP}",
        description=description,
        preview=_preview_of(product.image_url),
        pictures=(image,) if image else (),
        properties={
            "og:type": "product",
            "product:price:amount": price,
            "product:price:currency": currency,
        },
        linked_data={
            "@context": "https://schema.org",
            "@type": "Product",
            "name": product.name,
            "description": product.description,
            "sku": product.sku,
            "category": product.category,
            **({"image": image} if image else {}),
            "offers": {
                "@type": "Offer",
                "url": make_absolute(path),
                "price": price,
                "priceCurrency": currency,
                "availability": f"https://schema.org/{_availability(product)}",
            },
        },
    )


def _preview_of(image_url: str) -> str:
    """Return the picture of a product for link previews, or nothing. No network draws an SVG."""
    name, is_vector, _ = image_url.partition(".svg")
    if not is_vector:
        return image_url
    return f"{name}.jpg" if name in PREVIEWS else ""


def _availability(product: Product) -> str:
    """Return the name that schema.org has for the availability of a product."""
    if product.status == ProductStatus.DISCONTINUED:
        return "Discontinued"
    is_for_sale = product.status == ProductStatus.AVAILABLE and product.in_stock
    return "InStock" if is_for_sale else "OutOfStock"


def _shorten(text: str) -> str:
    """Return a text on one line, cut after a word when it is long."""
    line = " ".join(text.split())
    if len(line) <= MAX_DESCRIPTION_LENGTH:
        return line
    return line[:MAX_DESCRIPTION_LENGTH].rpartition(" ")[0] + " …"


def _in_script(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element around it."""
    return json.dumps(data, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT)
