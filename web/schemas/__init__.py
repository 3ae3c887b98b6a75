"""What comes in and what goes out, by noun. JSON in camelCase."""
