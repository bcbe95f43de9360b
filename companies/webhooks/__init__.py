"""Webhooks out: what is told, to which addresses, how it is signed and sent, when it is tried again."""
