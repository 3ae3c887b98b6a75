"""A past of two months for an empty shop, made by its own machines under a moved clock."""
