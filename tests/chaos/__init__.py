"""Simulation in the manner of FoundationDB and TigerBeetle: account, bad days and deaths from one seed; a verdict."""
