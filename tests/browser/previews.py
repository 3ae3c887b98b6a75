"""`make previews`: draw the link preview of each product of the catalogue.

Social networks draw no SVG: the previews are JPEG, beside the pictures that they show.
"""

import base64
import json
import os
import sys
from html import escape
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from launch.stack import ROOT
from tests.support.chromium import find_chromium

STATIC = ROOT / "web/static"
FONTS = ROOT / "frontend/node_modules/@fontsource-variable"
WIDTH, HEIGHT = 1200, 630
JPEG_QUALITY = 80
PAGE = """
<style>
  @font-face {{ font-family: Fraunces; font-weight: 100 900; src: url({fraunces}); }}
  @font-face {{ font-family: Inter; font-weight: 100 900; src: url({inter}); }}
  body {{ display: flex; width: 1200px; height: 630px; margin: 0; background: #fbf8f3;
    color: #2b2621; }}
  .words {{ display: flex; flex: 1; flex-direction: column; padding: 72px 56px 64px; }}
  h1 {{ margin: auto 0 20px; font: 560 64px/1.08 Fraunces; letter-spacing: -0.02em; }}
  p {{ margin: 0 0 auto; color: #645a4f; font: 30px/1.3 Inter; }}
  .shop {{ display: flex; gap: 16px; align-items: center; font: 600 30px Fraunces; }}
  .shop img {{ width: 48px; height: 48px; border-radius: 11px; }}
  .picture {{ width: 630px; height: 630px; }}
</style>
<div class="words"><div class="shop"><img src="{icon}">ProjectX</div><h1>{name}</h1>
  <p>{category}</p></div>
<img class="picture" src="{picture}">
"""


def as_url(file: Path, kind: str) -> str:
    """Return a file as a URL that holds it."""
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def draw(page: Page, product: dict[str, str]) -> None:
    """Write the preview of a product beside its picture."""
    picture = STATIC / product["image"].removeprefix("/static/")
    values = {
        "name": escape(product["name"]),
        "category": escape(product["category"]),
        "picture": as_url(picture, "image/svg+xml"),
        "icon": as_url(STATIC / "shop/icon-512.png", "image/png"),
        "fraunces": as_url(FONTS / "fraunces/files/fraunces-latin-wght-normal.woff2", "font/woff2"),
        "inter": as_url(FONTS / "inter/files/inter-latin-wght-normal.woff2", "font/woff2"),
    }
    page.set_content(PAGE.format(**values), wait_until="load")
    page.evaluate("document.fonts.ready")
    file = picture.with_suffix(".jpg")
    page.screenshot(path=file, type="jpeg", quality=JPEG_QUALITY)


def main() -> int:
    catalogue = json.loads((ROOT / "models/catalogue.json").read_text())
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.path,
            args=chromium.flags,
            env={**os.environ, **chromium.environment},
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for product in catalogue:
            draw(page, product)
        browser.close()
    sys.stdout.write(f"{len(catalogue)} previews are in {STATIC / 'products'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
