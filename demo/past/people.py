"""The people of the past: customers of a shop that ships abroad, its staff and its admin."""

import random
from dataclasses import dataclass

ADMIN, STAFF = "admin@example.com", "staff@example.com"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/20.1"
BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/153.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:155.0) Gecko/20100101 Firefox/155.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 20_1 like Mac OS X) {WEBKIT} Mobile/15E148 Safari/604.1",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. `number` selects the browser and the IP address."""

    number: int
    first_name: str
    last_name: str
    street: str
    postal_code: str
    city: str
    country: str

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@example.com".lower()

    @property
    def address(self) -> str:
        """The address as the checkout writes it."""
        name = f"{self.first_name} {self.last_name}"
        return f"{name}\n{self.street}\n{self.postal_code} {self.city}\n{self.country}"

    @property
    def browser(self) -> str:
        return BROWSERS[self.number % len(BROWSERS)]

    @property
    def ip_address(self) -> str:
        """An address of the range for documentation. Source: RFC 5737."""
        return f"203.0.113.{self.number + 10}"


_ROWS = (
    ("Ann", "Lee", "12 Harbour Street", "10115", "Berlin", "Germany"),
    ("Mateo", "Garcia", "Calle de Alcala 48", "28014", "Madrid", "Spain"),
    ("Priya", "Nair", "7 Lavelle Road", "560001", "Bengaluru", "India"),
    ("Tom", "Becker", "Lindenallee 3", "20259", "Hamburg", "Germany"),
    ("Chloe", "Martin", "21 Rue Oberkampf", "75011", "Paris", "France"),
    ("Kenji", "Sato", "4-2-8 Ebisu", "150-0013", "Tokyo", "Japan"),
    ("Amara", "Okafor", "15 Bourdillon Road", "101233", "Lagos", "Nigeria"),
    ("Liam", "Walsh", "9 Camden Row", "D08 R2Y3", "Dublin", "Ireland"),
    ("Sofia", "Rossi", "Via dei Mille 31", "10123", "Torino", "Italy"),
    ("Noah", "Jensen", "Elmegade 14", "2200", "Copenhagen", "Denmark"),
    ("Grace", "Kim", "88 Valencia Street", "94103", "San Francisco", "United States"),
    ("Oliver", "Grant", "5 Broughton Place", "EH1 3RJ", "Edinburgh", "United Kingdom"),
    ("Lucia", "Fernandez", "Avenida Corrientes 1543", "C1042", "Buenos Aires", "Argentina"),
    ("Emil", "Novak", "Korunni 60", "120 00", "Prague", "Czechia"),
    ("Hannah", "Meyer", "Bahnhofstrasse 19", "8001", "Zurich", "Switzerland"),
    ("Yusuf", "Demir", "Istiklal Caddesi 212", "34433", "Istanbul", "Turkey"),
    ("Elsa", "Lindqvist", "Gotgatan 71", "116 21", "Stockholm", "Sweden"),
    ("Marcus", "Reed", "402 Pine Street", "98101", "Seattle", "United States"),
)
CUSTOMERS = tuple(Person(number, *row) for number, row in enumerate(_ROWS))


def pick_customer(dice: random.Random) -> Person:
    """Return a customer; the first ones buy more often."""
    weights = [1 / (number + 3) for number in range(len(CUSTOMERS))]
    return dice.choices(CUSTOMERS, weights)[0]
