"""How the program is doing, for Prometheus: counters of all processes, and figures of the moment."""
