"""GPU side of cytorch. Importing it touches neither CuPy nor a driver."""
