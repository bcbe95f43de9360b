"""The simulated vendor, held against what others say of the real one (issue 3, point 2).

`table.py` lists every endpoint once; three tests walk through it, each with a yardstick that is not ours: the vendor's
OpenAPI descriptions, the vendor's own SDK and bodies that were recorded or documented. `allowed.py` holds the
exceptions, each with its reason; one that is no longer needed fails.
"""
