"""From a Python call to a kernel: binding, rules, allocation, launch, recording."""
