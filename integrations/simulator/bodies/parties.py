"""Who stands on an invoice or credit note: the business that sells, the customer, and their addresses."""

from __future__ import annotations

from ..business.records import Address, Person
from .text import Memo, maybe, text


def _seller(name: str) -> str:
    # This block spells the second line `line2` (facts §7).
    return (
        f'{{"name":{text(name)},'
        '"address":{"street":"1 Market Square","line2":"Floor 2","city":"Springfield","state":"MA","zip":"01103",'
        '"country":"US"},'
        '"phone":"+1 555 0199",'
        '"logo_url":null}'
    )


SELLER = Memo(_seller)
NO_ADDRESS = '{"street":null,"line2":null,"city":null,"state":null,"zip":null,"country":null}'


def payer(person: Person) -> str:
    """Write who pays: the customer, without its reference (openapi.yaml, Invoice-Payer)."""
    return (
        f'{{"chargify_id":{person.id},'
        f'"first_name":{text(person.first_name)},'
        f'"last_name":{text(person.last_name)},'
        f'"organization":{maybe(person.organization)},'
        f'"email":{text(person.email)},'
        '"vat_number":null}'
    )


def customer(person: Person) -> str:
    """Write the customer as the document remembers it."""
    return f'{payer(person)[:-1]},"reference":{maybe(person.reference)}}}'


def address(address: Address | None) -> str:
    """Write an address, every key null when there is none."""
    return NO_ADDRESS if address is None else ADDRESS[address]


def _address(address: Address) -> str:
    return (
        f'{{"street":{text(address.street)},'
        f'"line2":{maybe(address.line2)},'
        f'"city":{text(address.city)},'
        f'"state":{text(address.state)},'
        f'"zip":{text(address.zip)},'
        f'"country":{text(address.country)}}}'
    )


ADDRESS = Memo(_address)
