"""One file a provider: the only places that know its library."""
