"""How fast and how dependable the product is, beside a bare process and other ways into Docker."""
