"""Stories of the time to pay: how it is counted down, also by a browser whose clock is wrong."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from demo.buyer import Json
from tests.browser import till
from tests.browser.answers import fetch_whole
from tests.browser.till import open_checkout, pay

WRONG_CLOCK = """
const Right = Date
const shift = %d * 24 * 60 * 60 * 1000
globalThis.Date = class extends Right {
  constructor(...parts) {
    if (parts.length > 0) super(...parts)
    else super(Right.now() + shift)
  }
  static now() {
    return Right.now() + shift
  }
}
"""


def shorten_the_time_to_pay(route: Route) -> None:
    """Answer with the order as it is some minutes before its time to pay is over."""
    answer = fetch_whole(route)
    soon = datetime.now(UTC) + timedelta(minutes=4)
    route.fulfill(response=answer, json=answer.json() | {"payBy": soon.isoformat()})


def test_the_last_minutes_are_counted_down(member: Page, lamp: Json) -> None:
    open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    expect(member.get_by_role("timer")).to_be_hidden()
    member.route("**/order/summary?*", shorten_the_time_to_pay)
    member.reload()
    expect(member.get_by_role("timer")).to_contain_text("left to pay this order")


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_wrong_by_a_day_leaves_the_time_to_pay(
    member: Page, lamp: Json, days: int
) -> None:
    member.add_init_script(WRONG_CLOCK % days)
    reference = open_checkout(member, lamp)
    pay(member, till.DECLINES)
    expect(member.get_by_text(till.DECLINED)).to_be_visible()
    expect(member.get_by_role("timer")).to_be_hidden()
    member.goto(f"/orders/{reference}")
    expect(member.get_by_role("timer")).to_contain_text(re.compile(r" \d\d? minutes left"))
