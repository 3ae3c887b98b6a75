"""The pictures of the catalogue: present, well formed, small and inert."""

import json
import re
from pathlib import Path
from xml.parsers import expat

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web/static"
MAX_PICTURE_BYTES = 12 * 1024
INERT_ELEMENTS = re.compile(
    r"svg|title|defs|g|path|rect|circle|ellipse|use|clipPath|pattern|linearGradient|radialGradient"
    r"|stop|filter|feGaussianBlur|feTurbulence|feColorMatrix|feComposite"
)

catalogue = json.loads((ROOT / "models/catalogue.json").read_text())
pictures = sorted((STATIC / "products").glob("*.svg"))


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
