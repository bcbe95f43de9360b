"""The words for every problem: one text for the SMB customer, one for the operator, each with the next step."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.connectors.base import Problem


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What happened, why and what to do next."""

    title: str
    customer: str
    operator: str


_TEXTS = {
    Problem.WRONG_KEY: ProblemText(
        "The API key was refused",
        "Your site doesn't know this key, or it belongs to another site. Copy the key itself, as it is described on "
        "this page. If in doubt, make a new one.",
        "The vendor refused the API key. Ask your customer to open the Link URL again and enter a new key.",
    ),
    Problem.OTHER_SITE: ProblemText(
        "This key opens another site",
        "The key works, but for a site with another name than the one you typed. Check the name of your site.",
        "The key opens a site with another name than the one entered. Ask your customer to check the site's name.",
    ),
    Problem.OTHER_ACCOUNT: ProblemText(
        "This is another site than before",
        "This connection was made with another site. Enter the site that was connected first, or ask for a new "
        "connection if you have moved.",
        "Your customer tried to reconnect with another site. Make a new connection if the site has really changed.",
    ),
    Problem.UNKNOWN_SITE: ProblemText(
        "We can't find this site",
        "There is no site with this name. It is the first part of the address that you see when you are signed in.",
        "There is no site with the name that was entered. Ask your customer for the address of their site.",
    ),
    Problem.ACCOUNT_CANCELED: ProblemText(
        "The account is canceled",
        "The vendor says that this account has been canceled. Reactivate it with the vendor's support, then try "
        "again.",
        "The vendor says that the account has been canceled. Your customer has to reactivate it with the vendor.",
    ),
    Problem.ACCOUNT_BLOCKED: ProblemText(
        "The account is blocked",
        "The vendor says that this account can't be read at the moment. Sign in to it, see what the vendor asks for, "
        "then try again.",
        "The vendor says that the account can't be read at the moment. Ask your customer to sign in to it and to see "
        "what the vendor asks for.",
    ),
    Problem.TRIAL_ENDED: ProblemText(
        "The trial has ended",
        "The vendor says that the trial of this account has ended. Choose a plan with the vendor, then try again.",
        "The vendor says that the account's trial has ended. Your customer has to choose a plan first.",
    ),
    Problem.SITE_DELETED: ProblemText(
        "The site has been deleted",
        "The vendor says that this site has been deleted. Use the name of a site that still exists.",
        "The vendor says that the site has been deleted. Your customer has to connect another one.",
    ),
    Problem.SITE_CLEARING: ProblemText(
        "The site is being cleared",
        "The vendor is clearing this site's data right now. Try again in some minutes.",
        "The vendor is clearing the site's data. It is tried again by itself.",
    ),
    Problem.FORBIDDEN: ProblemText(
        "The key may not read this",
        "The vendor doesn't let this key read billing data. Ask an administrator of your account to make a key.",
        "The vendor doesn't let the key read billing data. Ask your customer for a key made by an administrator.",
    ),
    Problem.RATE_LIMITED: ProblemText(
        "The site is busy",
        "The vendor says that your site gets too many requests at the moment. Wait some minutes, then try again. "
        "Nothing is wrong with your key.",
        "The vendor limits the site's requests at the moment. It is tried again by itself.",
    ),
    Problem.VENDOR_DOWN: ProblemText(
        "The vendor has a problem",
        "The vendor's service doesn't work at the moment. Nothing is wrong with your key. Try again later.",
        "The vendor's service doesn't work at the moment. It is tried again by itself.",
    ),
    Problem.NOT_JSON: ProblemText(
        "The vendor's answer makes no sense",
        "The vendor answered with a page in the place of data, as it does during maintenance. Try again later.",
        "The vendor answered with something that isn't data, as during maintenance. It is tried again by itself.",
    ),
    Problem.UNREACHABLE: ProblemText(
        "The vendor can't be reached",
        "We got no answer from the vendor in time. Nothing is wrong with your key. Try again in some minutes.",
        "No answer came from the vendor in time. It is tried again by itself.",
    ),
    Problem.NOT_LINKED: ProblemText(
        "The connection is not linked",
        "This connection was stopped. Open your Link URL again to connect.",
        "The connection was unlinked or deleted, so nothing is read. Ask your customer to open the Link URL again.",
    ),
    Problem.INTERNAL: ProblemText(
        "Something went wrong on our side",
        "We made a mistake, and it is on record. Try again; if it stays, tell the company that sent you the link.",
        "We made a mistake, and it is on record. Write to support with the id of this connection.",
    ),
}

NOT_OFFERED = "The vendor doesn't offer this for the account, or not to its key. There was nothing to read."


def text_for(problem: str) -> ProblemText:
    """Return the words for a problem."""
    return _TEXTS[Problem(problem)]
