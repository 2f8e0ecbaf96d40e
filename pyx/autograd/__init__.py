"""Recording, and the engine that walks the record backwards."""
