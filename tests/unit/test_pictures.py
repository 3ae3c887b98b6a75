"""The pictures of the catalogue and the shop: present, well formed, small and inert."""

import json
import re
import struct
from pathlib import Path
from xml.parsers import expat

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web/static"
MAX_PICTURE_BYTES = 12 * 1024
MAX_SCENE_BYTES = 60 * 1024
MAX_PREVIEW_BYTES = 200_000
MAX_PRODUCT_PREVIEW_BYTES = 60_000
PNG_SIZES = {"og": (1200, 630), "apple-touch-icon": (180, 180), "icon-512": (512, 512)}
INERT_ELEMENTS = re.compile(
    r"svg|title|defs|g|path|rect|circle|ellipse|use|clipPath|pattern|linearGradient|radialGradient"
    r"|stop|filter|feGaussianBlur|feTurbulence|feColorMatrix|feComposite"
)

catalogue = json.loads((ROOT / "models/catalogue.json").read_text())
pictures = sorted((STATIC / "products").glob("*.svg"))
gallery: dict[str, list[str]] = json.loads((STATIC / "products/gallery.json").read_text())


@pytest.mark.parametrize("product", catalogue, ids=lambda product: str(product["sku"]))
def test_a_seeded_product_has_a_picture(product: dict[str, str]) -> None:
    path = product["image"].removeprefix("/static/")

    assert (STATIC / path).is_file()


@pytest.mark.parametrize("picture", pictures, ids=lambda picture: picture.stem)
def test_a_picture_is_small_square_and_inert(picture: Path) -> None:
    elements = parse(picture)

    root, attributes = elements[0]
    assert root == "svg"
    assert re.fullmatch(r"0 0 (\d+) \1", attributes["viewBox"])
    assert picture.stat().st_size <= MAX_PICTURE_BYTES
    assert_inert(elements)


@pytest.mark.parametrize("name", gallery)
def test_a_gallery_begins_with_the_picture_of_a_seeded_product(name: str) -> None:
    first, *others = gallery[name]

    assert f"/static/products/{first}" in {product["image"] for product in catalogue}
    assert first == f"{name}.svg"
    assert others == [f"{name}-{number}.svg" for number in range(2, len(others) + 2)]


def test_every_further_picture_is_in_a_gallery() -> None:
    seeded = {Path(product["image"]).name for product in catalogue}

    assert {file for files in gallery.values() for file in files} | seeded == {
        picture.name for picture in pictures
    }


@pytest.mark.parametrize("name", ["favicon", "hero", "hero-dark"])
def test_a_drawing_of_the_shop_is_inert(name: str) -> None:
    drawing = STATIC / f"shop/{name}.svg"

    assert drawing.stat().st_size <= MAX_SCENE_BYTES
    assert_inert(parse(drawing))


@pytest.mark.parametrize("product", catalogue, ids=lambda product: str(product["sku"]))
def test_a_seeded_product_has_a_link_preview(product: dict[str, str]) -> None:
    picture = STATIC / product["image"].removeprefix("/static/")
    content = picture.with_suffix(".jpg").read_bytes()

    assert size_of_jpeg(content) == PNG_SIZES["og"]
    assert len(content) <= MAX_PRODUCT_PREVIEW_BYTES


def size_of_jpeg(content: bytes) -> tuple[int, int]:
    """Return the width and the height that the header of the frame states."""
    place = 2
    while content[place + 1] not in (0xC0, 0xC2):
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    height, width = struct.unpack(">HH", content[place + 5 : place + 9])
    return width, height


@pytest.mark.parametrize(("name", "size"), PNG_SIZES.items())
def test_an_icon_has_the_size_that_its_readers_expect(name: str, size: tuple[int, int]) -> None:
    content = (STATIC / f"shop/{name}.png").read_bytes()

    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == size
    assert len(content) <= MAX_PREVIEW_BYTES


def parse(picture: Path) -> list[tuple[str, dict[str, str]]]:
    """Return the names and attributes of the elements of a well-formed document."""
    elements: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: elements.append((name, attributes))
    parser.Parse(picture.read_bytes(), True)
    return elements


def assert_inert(elements: list[tuple[str, dict[str, str]]]) -> None:
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for element, attributes in elements:
        assert INERT_ELEMENTS.fullmatch(element)
        for name, value in attributes.items():
            assert not name.startswith("on")
            references = [value] if name.endswith("href") else re.findall(r"url\((.*?)\)", value)
            assert {reference.removeprefix("#") for reference in references} <= set(ids)
