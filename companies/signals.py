"""What the apps above are told: they hold what companies can't know of."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `connection`, in the transaction in which it stops being readable: its credentials go with it.
connection_closed = Signal()
