"""What a connector is: plain values in, plain values out; it knows no Django model.

A connector names its vendor for the catalogue, checks a credential, and declares its streams. The sync engine
does the rest: reads pages in order, writes rows, keeps cursors.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import msgspec


class Kind(StrEnum):
    """What kind of trouble an error is (design: Sync 11)."""

    PERMANENT = "permanent"  # needs the customer
    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    BUG = "bug"


class Problem(StrEnum):
    """What can go wrong with a vendor, as people meet it; `texts.py` has the words for each."""

    WRONG_KEY = "wrong_key"
    OTHER_SITE = "other_site"
    OTHER_ACCOUNT = "other_account"
    UNKNOWN_SITE = "unknown_site"
    ACCOUNT_CANCELED = "account_canceled"
    ACCOUNT_BLOCKED = "account_blocked"
    TRIAL_ENDED = "trial_ended"
    SITE_DELETED = "site_deleted"
    SITE_CLEARING = "site_clearing"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    VENDOR_DOWN = "vendor_down"
    NOT_JSON = "not_json"
    UNREACHABLE = "unreachable"
    NOT_LINKED = "not_linked"
    INTERNAL = "internal"


_KINDS = {
    Problem.RATE_LIMITED: Kind.RATE_LIMITED,
    Problem.SITE_CLEARING: Kind.TRANSIENT,
    Problem.VENDOR_DOWN: Kind.TRANSIENT,
    Problem.NOT_JSON: Kind.TRANSIENT,
    Problem.UNREACHABLE: Kind.TRANSIENT,
    Problem.INTERNAL: Kind.BUG,
}
# The key is right, and the account can't be read as it stands; that ends at the vendor's, without a new key (facts §1).
ACCOUNT_STATES = frozenset(
    {
        Problem.ACCOUNT_CANCELED,
        Problem.ACCOUNT_BLOCKED,
        Problem.TRIAL_ENDED,
        Problem.SITE_DELETED,
        Problem.SITE_CLEARING,
        Problem.FORBIDDEN,
        Problem.UNKNOWN_SITE,
        Problem.OTHER_SITE,
    }
)


class ConnectorError(Exception):
    """An anticipated trouble with the vendor; `detail` is for our log and never holds a secret.

    `request_id` is the vendor's name for the request that met it, where it named it, and `retry_after` the seconds
    for which the vendor asks to be left alone, where it says so.
    """

    request_id = ""
    retry_after: float | None = None

    def __init__(self, problem: Problem, detail: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{problem}: {detail}" if detail else str(problem))
        self.problem = problem
        self.detail = detail
        self.status = status

    @property
    def kind(self) -> Kind:
        """Return what kind of trouble it is; whatever needs the customer is permanent."""
        return _KINDS.get(self.problem, Kind.PERMANENT)


class InvalidAccount(ValueError):
    """What a person typed can't be an account of this vendor; the message is for them."""


class UnreadableRow(ValueError):
    """A body that no row can be made of, e.g. because it has no id; the reason holds no value of it."""

    def __init__(self, stream: str, reason: str) -> None:
        super().__init__(f"{stream}: {reason}")
        self.stream = stream
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that a credential opens, as the vendor states it; `features` in the connector's own words."""

    id: str
    name: str
    host: str
    is_test: bool
    currency: str
    features: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AccountField:
    """A field of the credentials page besides the secret."""

    name: str
    label: str
    help_text: str
    placeholder: str = ""


class Row(msgspec.Struct, frozen=True):
    """One record in standard form; a struct, because there is one for every row and part of one.

    `values` are the typed columns of `billing`'s model; money in integer minor units, times in UTC. `children`
    maps a child table to the rows the body lists, and has no entry for a list that was absent: absence says
    nothing. `is_deleted` where the vendor says itself that the record is gone. `deletes` names the records (table and
    source id) of whose end an event tells.
    """

    source_id: str
    values: dict[str, Any]
    body: bytes
    content_hash: bytes
    source_created_at: datetime | None = None
    source_updated_at: datetime | None = None
    children: Mapping[str, Sequence[Row]] = {}
    warnings: tuple[str, ...] = ()
    is_deleted: bool = False
    deletes: tuple[tuple[str, str], ...] = ()


class Pager(StrEnum):
    """How a stream's pages are walked; never page where there is no paging.

    PAGES are numbered; SINCE_ID asks for the rows behind the last id read, ascending; TOKEN follows what each answer
    says comes next.
    """

    SINGLE = "single"
    PAGES = "pages"
    SINCE_ID = "since_id"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Total:
    """Where a vendor says how many rows a list has; `read` takes the number out of the answer, None where it isn't."""

    path: str
    read: Callable[[bytes], int | None]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One resource of a vendor, declared: where it is, how it is paged, filtered, ordered, and how a row is read.

    `table` names `billing`'s model. `items` picks the raw bodies out of an answer. `map` turns one raw body into
    a Row, or raises UnreadableRow. `since` returns the query that lists only what changed since a time, or is
    None where the vendor has none. `behind` returns the query for the rows from an id on, with pager SINCE_ID. `total`
    is where the vendor counts the rows apart. A stream that `needs` a feature is asked for where the account has it
    alone; `otherwise` is what other accounts have in its place. An `optional` one may be missing at the vendor. What
    isn't offered is complete without rows, and people are told so.
    """

    name: str
    table: str
    data_type: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    pager: Pager = Pager.PAGES
    page_size: int = 200
    items: Callable[[bytes], list[msgspec.Raw]]
    map: Callable[[bytes, Account], Row]
    since: Callable[[datetime], Mapping[str, str]] | None = None
    behind: Callable[[str], Mapping[str, str]] | None = None
    needs: str = ""
    otherwise: Stream | None = None
    optional: bool = False
    total: Total | None = None
    mapper_version: int = 1


@dataclass(slots=True)
class Exchange:
    """One GET and what came of it, as it goes on record: no query, no body, nothing secret.

    `status` is None where no whole answer came; `request_id` is the vendor's own name for the request, for its support;
    `retry_after` the seconds for which it asks to be left alone.
    """

    path: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: int | None = None
    request_id: str = ""
    ms: int = 0
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the vendor: raw bodies, the server's clock, and with pager TOKEN what comes next."""

    bodies: list[bytes]
    server_time: datetime
    exchange: Exchange
    token: str = ""


Query = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of the vendor, whatever its status, the server's clock, and what goes on record."""

    status: int
    body: bytes
    content_type: str
    server_time: datetime
    exchange: Exchange


class Session(ABC):
    """An open line to one account: every request is a GET, counted, sent while holding a `place`, and noted.

    The engine sets `place`, so that all workers together ask a site for no more than it bears, and `note`, which
    keeps the log of requests.
    """

    place: Callable[[], AbstractContextManager[None]] = staticmethod(nullcontext)
    note: Callable[[Exchange], None] = staticmethod(lambda exchange: None)

    def __init__(self) -> None:
        self.requests_made = 0
        self._counting = threading.Lock()

    @contextmanager
    def exchange(self, path: str) -> Iterator[Exchange]:
        """Hold a place for one request, which whoever sends it fills in; count it and note it, also when it fails."""
        with self.place():
            with self._counting:
                self.requests_made += 1
            exchange, started = Exchange(path), time.monotonic()
            try:
                yield exchange
            except ConnectorError as error:
                error.request_id, error.retry_after = exchange.request_id, exchange.retry_after
                raise
            finally:
                exchange.ms = round((time.monotonic() - started) * 1000)
                self.note(exchange)

    @abstractmethod
    def check(self) -> Iterator[str]:
        """Prove the credential step by step, yielding each step's name before it; raise ConnectorError.

        After the last step `account` is known."""

    @property
    @abstractmethod
    def account(self) -> Account:
        """Return the account, asking the vendor where it is not known yet."""

    @property
    @abstractmethod
    def resolved_account(self) -> dict[str, Any]:
        """Return where the account is, with what `parse_account` left open; asks the vendor where need be."""

    def offered(self, stream: Stream) -> Stream | None:
        """Return a stream as this account has it, None where it has none; asks the vendor where need be."""
        return stream if not stream.needs or stream.needs in self.account.features else stream.otherwise

    @abstractmethod
    def fetch(
        self, stream: Stream, *, page: int, per_page: int, since: datetime | None, after: str = ""
    ) -> Page:
        """Return one page of a stream: by its number, or `after` an id or a token; raise ConnectorError."""

    @abstractmethod
    def total(self, stream: Stream) -> int | None:
        """Return how many rows the vendor says a stream has; None where it doesn't say; raise ConnectorError."""

    @abstractmethod
    def look(self, path: str, query: Query, *, seconds: float) -> Answer:
        """Return what is answered at one of the connector's `looks` within a time, whatever its status.

        Secrets are taken out. Raises ConnectorError where nothing is answered, or the account asks for a rest.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the line."""


class Connector(ABC):
    """One vendor."""

    platform_key: ClassVar[str]
    name: ClassVar[str]
    # Not everything is read yet; the catalogue, the Portal and Link say so.
    is_preview: ClassVar[bool] = False
    integration_id: ClassVar[UUID]
    source_id: ClassVar[UUID]
    # What it gives, for the catalogue's card and the settings page.
    summary: ClassVar[str]
    reads: ClassVar[Sequence[str]]
    # Where the customer finds the key, step by step.
    key_help: ClassVar[Sequence[str]]
    key_help_url: ClassVar[str]
    account_fields: ClassVar[Sequence[AccountField]]
    secret_label: ClassVar[str] = "API key"
    # Steps of the check, in the order in which `Session.check` yields them.
    check_steps: ClassVar[Sequence[str]]
    # In dependency order.
    streams: ClassVar[Sequence[Stream]]
    # Paths whose answers may be looked at as they are, `{id}` standing for one segment.
    looks: ClassVar[Sequence[str]]

    @abstractmethod
    def parse_account(self, entered: Mapping[str, str]) -> dict[str, Any]:
        """Return where the account is, from what a person typed; raise InvalidAccount with words for them."""

    @abstractmethod
    def clean_secret(self, entered: str) -> str:
        """Return the secret as the vendor wants it; raise InvalidAccount with words for the person."""

    @abstractmethod
    def open(self, account: Mapping[str, Any], secret: str) -> Session:
        """Return a line to an account; nothing is sent yet."""
