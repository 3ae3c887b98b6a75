"""The import of a product file into the catalogue, in one transaction."""
