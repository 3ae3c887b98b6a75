"""A person without a mouse, who sees where the focus is and presses keys."""

from playwright.sync_api import ElementHandle, Locator, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeoutError

MAX_STEPS = 80
SETTLING_MS = 5000
# The forms of Stripe.js have their own trees.
FOCUSED = """() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}"""
# A control that is covered, or that has no outline around itself, its card or its box.
FAULT = """element => {
  const name = element.getAttribute('aria-label') ?? element.textContent.trim() ?? element.name
  const described = `${element.tagName.toLowerCase()} "${name.slice(0, 40)}"`
  const parts = [[element], [element, '::after'], [element.parentElement ?? element]]
  const isDrawn = parts.some(([part, pseudo]) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(part, pseudo)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0
  })
  const { left, top, width, height } = element.getBoundingClientRect()
  const root = element.getRootNode()
  const points = [0.1, 0.5, 0.9].map(part => [left + width * part, top + height / 2])
  const isSeen = points.some(([x, y]) => {
    const drawn = root.elementFromPoint(x, y)
    const isPart = drawn !== null && (element.contains(drawn) || drawn.contains(element))
    return isPart && drawn.tagName !== 'BODY'
  })
  if (!isSeen) return `${described} is covered`
  return isDrawn ? null : `${described} does not show the focus`
}"""


class Keyboard:
    """The keys of a page. Each stop of the Tab key has to be visible, and to show the focus."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.faults: list[str] = []

    def tab_to(self, target: Locator, *, key: str = "Tab") -> None:
        """Press Tab until `target` has the focus."""
        expect(target).to_be_visible()
        for _ in range(MAX_STEPS):
            self._page.keyboard.press(key)
            focused = self._page.evaluate_handle(FOCUSED).as_element()
            assert focused is not None
            if not self._is_body() and (fault := self._find_fault(focused)):
                self.faults.append(f"{self._page.url}: {fault}")
            if target.evaluate("element => element.getRootNode().activeElement === element"):
                return
        raise AssertionError(f"the Tab key does not lead to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go to a control and press a key on it."""
        self.tab_to(target)
        self._page.keyboard.press(key)

    def type(self, target: Locator, text: str) -> None:
        """Go to a field and type."""
        self.tab_to(target)
        self._page.keyboard.type(text)

    def _find_fault(self, focused: ElementHandle) -> str | None:
        """Return the fault that stays when the page has settled: a preview that comes moves it."""
        try:
            self._page.wait_for_function(
                f"element => ({FAULT})(element) === null", arg=focused, timeout=SETTLING_MS
            )
        except BrowserTimeoutError:
            fault: str | None = focused.evaluate(FAULT)
            return fault
        return None

    def _is_body(self) -> bool:
        # After its last stop the browser begins again.
        is_body: bool = self._page.evaluate("document.activeElement === document.body")
        return is_body
