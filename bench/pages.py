"""`python -m bench.pages URL`: measure the first pages of a running shop on a slow phone.

A slow phone has the network that Lighthouse calls Slow 4G, and a processor four times slower than
this one. A busy machine measures its own load, too.
"""

import sys
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.chromium import start_chromium

PATHS = ("/", "/products", "/products/1")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
SLOW_4G = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 200_000,  # bytes a second
    "uploadThroughput": 93_750,
}
CPU_SLOWDOWN = 4
TYPING_DELAY = 60  # milliseconds
QUIET_TIME = 2000  # milliseconds in which late shifts and answers would come
OBSERVE = """
window.bars = { lcp: 0, cls: 0, interaction: 0 }
const observe = (type, record, options) => new PerformanceObserver(
  list => list.getEntries().forEach(record)).observe({ type, buffered: true, ...options })
observe('largest-contentful-paint', entry => { bars.lcp = entry.startTime })
observe('layout-shift', entry => { if (!entry.hadRecentInput) bars.cls += entry.value })
observe('event', entry => {
  if (entry.interactionId) bars.interaction = Math.max(bars.interaction, entry.duration)
}, { durationThreshold: 16 })
"""


def measure(browser: Browser, url: str, path: str) -> dict[str, float]:
    """Open a page as a first visit, use it, and return its figures."""
    with browser.new_context(base_url=url, **PHONE) as context:
        page = context.new_page()
        _slow_down(page)
        page.goto(path, wait_until="networkidle")
        if path == "/products":
            page.get_by_role("searchbox").press_sequentially("lamp", delay=TYPING_DELAY)
        page.get_by_role("button", name="Add to cart").first.click()
        page.wait_for_timeout(QUIET_TIME)
        figures: dict[str, float] = page.evaluate("bars")
        return figures


def _slow_down(page: Page) -> None:
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", SLOW_4G)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.add_init_script(OBSERVE)


def main(url: str) -> None:
    """Print the figures of each page."""
    with start_chromium() as browser:
        print(f"{'page':<14}{'LCP, ms':>10}{'CLS':>10}{'interaction, ms':>18}")
        for path in PATHS:
            bars = measure(browser, url, path)
            print(f"{path:<14}{bars['lcp']:>10.0f}{bars['cls']:>10.3f}{bars['interaction']:>18.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
