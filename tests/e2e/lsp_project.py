"""A small project with one mistake, for the tests of the language server."""
import pathlib

FILES = {
    "trig.toml": """\
name = "shop"
timezone = "Europe/Paris"

[[senders]]
name = "shop"
display = "The Shop"
address = "hello@shop.example"
postal_address = "1 Example Street, 75001 Paris"
""",
    "shop.trig": """\
# Somebody has put something into the cart.
event cart_changed {
  total:   money
  cart_id: text # of the shop's session
}

event bought {
  total:   money
  cart_id: text
}

person {
  email:      email key
  first_name: text?
}

topic offers "Offers"

policy marketing {
  consent required for offers
}

template cart_reminder(total: money, shop_name: text) from "templates/cart_reminder.html.liquid"
""",
    "campaigns/cart.trig": """\
# Reminds of a cart that is left alone.
campaign abandoned_cart "Abandoned cart" {
  policy marketing
  on cart_changed as cart where total >= 20 EUR per cart_id

  wait 30 minutes unless bought where cart_id == cart.cart_id
  send cart_remindr(total: cart.total, shop_name: "Caf\u00e9 \U0001f600 shop")

  goal bought within 3 days value total
}
""",
    "campaigns/weekly.trig": """\
campaign weekly "Every Monday" {
  policy marketing
  on every monday at 10:00 local for everyone
  send cart_reminder(total: 5 EUR, shop_name: "weekly")
}
""",
    "tests/cart.trig": """\
test "a cart left alone" {
  person ana { email: "ana@example.com", subscribed: [offers] }
  at 2026-03-28 12:00
  after 1 minute  ana cart_changed { total: 40 EUR, cart_id: "c1" }
  after 31 minutes
  expect send cart_reminder to ana with { total: 40 EUR }
}
""",
    "templates/cart_reminder.html.liquid": """\
---
subject: {{ person.first_name | default: "Hello" }}, your cart
---
<p>{{ shop_name }}: {{ total | money }}</p>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
""",
}


def write(folder):
    for path, text in FILES.items():
        file = pathlib.Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def without_weekly(folder):
    """So that every send of the template gives it the event's own total."""
    write(folder)
    (pathlib.Path(folder) / "campaigns/weekly.trig").unlink()
