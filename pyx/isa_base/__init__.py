"""Kernel families compiled for the base instruction set."""
