"""What happens in the account while it is read: rows change, come and go, money is paid, time moves on."""

from __future__ import annotations

from random import Random
from typing import Any

from integrations.simulator import Site
from integrations.simulator.business import records
from integrations.simulator.site import CHANGEABLE

DELETED: dict[str, Any] = {
    "customers": records.Customer,
    "subscriptions": records.Subscription,
    "payment_profiles": records.PaymentProfile,
}
# Invoices change by being paid: the simulated events of one show its memo as it is now, not as it was.
UPDATED = sorted(CHANGEABLE.keys() - {"invoices"})


class Business:
    """The hands of the merchant, and a note of what they deleted."""

    def __init__(self, site: Site, dice: Random) -> None:
        self.site, self._dice = site, dice
        self.deleted: set[tuple[str, str]] = set()

    def do(self, kind: str) -> None:
        """Do one deed."""
        getattr(self, f"_{kind}")()

    def _update(self) -> None:
        self.site.update(self._dice.choice(UPDATED), self._dice.randrange(1, 6))

    def _add(self) -> None:
        for _ in range(self._dice.randrange(1, 4)):
            self.site.add_customer()

    def _delete(self) -> None:
        """Delete up to three rows of a kind, most often the oldest: they shift all others."""
        resource = self._dice.choice(sorted(DELETED))
        ids = self.site.store.keys(DELETED[resource], "deleted_at IS NULL")
        start = self._dice.choice((0, 0, self._dice.randrange(len(ids) + 1)))
        for number in ids[start : start + self._dice.randrange(1, 4)]:
            self.site.delete(resource, number)
            self.deleted.add((resource, str(number)))

    def _pay(self) -> None:
        unpaid = [invoice for invoice in self._invoices() if invoice.status == "open" and invoice.due > 0]
        if unpaid:
            self.site.pay_invoice(self._dice.choice(unpaid).uid)

    def _advance(self) -> None:
        self.site.advance(self._dice.choice((1, 60, 3_600, 86_400, 30 * 86_400)))

    def _invoices(self) -> list[Any]:
        return self.site.store.many(records.Invoice, self.site.store.keys(records.Invoice, ""))
