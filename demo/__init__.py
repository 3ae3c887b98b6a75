"""The stories of the shop, played over HTTP as customers experience them: `make demo`."""
