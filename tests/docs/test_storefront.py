"""The page of the storefront lists every page of the web app, and `make shots` shows them."""

import re

import pytest

from launch.stack import ROOT
from tests.browser.shots import list_member_shots, list_public_shots
from web.routes.pages import PATHS

SHOP = ROOT / "frontend/src/shop"
TEXT = (ROOT / "docs/reference/storefront.md").read_text()
PAGES, ORIGINAL = (
    [
        [cell.strip(" `") for cell in row.split("|")]
        for row in re.findall(r"^\| .+$", part, re.MULTILINE)[1:]
    ]
    for part in TEXT.split("## Pages of the original client")
)
ORDERS = {"paid": "/orders/x", "delivered": "/orders/y"}


def test_every_page_is_listed_once() -> None:
    assert sorted(path for _, path, *_ in PAGES) == sorted(PATHS)


def test_the_counterparts_of_the_original_are_pages() -> None:
    assert {path for _, _, _, path, *_ in ORIGINAL} <= {*PATHS, ""}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w-]+/\w+\.tsx)`", TEXT))))
def test_every_file_exists(name: str) -> None:
    assert (SHOP / name).is_file()


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_a_picture(path: str) -> None:
    shots = [*list_public_shots(), *list_member_shots(ORDERS)]
    pattern = re.compile(re.sub("<[^>]+>", "[^/?]+", path) + r"(\?.*)?")
    assert any(pattern.fullmatch(shot.path) for shot in shots)
