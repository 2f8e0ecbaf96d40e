"""The demonstration: a small CNN learns handwritten digits. `python -m cytorch.demo --help`."""
