"""The stories of the shop, played over HTTP as a customer would live them: `make demo`."""
