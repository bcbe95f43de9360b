"""The pages on which an SMB customer connects an account, in their order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from companies.models import Connection
from integrations.connectors.base import Connector
from integrations.consent import consent_give, consent_given, consent_text
from integrations.models import CredentialCheck
from integrations.services.credentials import credential_submit
from integrations.texts import ProblemText, text_for
from link import dead_ends
from link.choices import ACTOR, choices_for, connection_for
from link.forms import CredentialsForm
from link.limits import too_many_tries
from link.progress import message_of, steps_of
from link.redirects import finish_url
from link.visits import Visit, connection_page, link_page

Outcome = CredentialCheck.Outcome
_TOO_MANY_TRIES = ProblemText(
    "Too many tries",
    "Keys have been tried many times with this link in a short time, so we didn't check this one. "
    "Wait ten minutes, then try again.",
    "",
)


@require_http_methods(["GET", "HEAD", "POST"])
@link_page
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Commerce: choose what to connect."""
    choices = choices_for(visit.company)
    if not choices:
        raise dead_ends.nothing_offered(visit.operator)
    error = ""
    if request.method == "POST":
        chosen = next((choice for choice in choices if choice.value == request.POST.get("choice")), None)
        if chosen:
            connection = connection_for(company=visit.company, choice=chosen)
            return redirect(visit.url("consent", connection_id=connection.id))
        error = "Choose what you want to connect, then click Next."
    return _page(request, visit, "start", choices=choices, error=error)


@require_http_methods(["GET", "HEAD", "POST"])
@connection_page(linked=False)
def consent(request: HttpRequest, visit: Visit, connection: Connection) -> HttpResponse:
    """Connect to …: who asks, what is read, what never happens, how to stop."""
    connector = visit.connector(connection)
    text = consent_text(
        connector=connector, operator_name=visit.operator.name, company_name=visit.company.name
    )
    if request.method == "POST":
        consent_give(
            connection=connection,
            text=text,
            ip_address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.headers.get("User-Agent", ""),
        )
        return redirect(visit.url("credentials", connection_id=connection.id))
    return _page(request, visit, "consent", connector=connector, text=text)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@connection_page(linked=False)
def credentials(request: HttpRequest, visit: Visit, connection: Connection) -> HttpResponse:
    """Your … credentials: where the account is, and its key."""
    connector = visit.connector(connection)
    if not consent_given(connection):
        return redirect(visit.url("consent", connection_id=connection.id))
    if request.method == "POST":
        return _submit(request, visit, connection, connector)
    failed = _failed_check(connection, request.GET.get("check", ""))
    form = CredentialsForm(connector, initial={"site": failed.site_entered if failed else ""})
    problem = text_for(failed.problem) if failed else None
    return _form_page(request, visit, connection, form, problem=problem)


@sensitive_variables()
def _submit(request: HttpRequest, visit: Visit, connection: Connection, connector: Connector) -> HttpResponse:
    form = CredentialsForm(connector, data=request.POST)
    if not form.is_valid():
        return _form_page(request, visit, connection, form)
    if too_many_tries(visit.company.id):
        return _form_page(request, visit, connection, form, problem=_TOO_MANY_TRIES, status=429)
    check = credential_submit(
        connection=connection, entered=form.entered, secret=form.cleaned_data["secret"], actor=ACTOR
    )
    return redirect(visit.url("check", connection_id=connection.id, check_id=check.id))


def _form_page(
    request: HttpRequest, visit: Visit, connection: Connection, form: CredentialsForm, **context: Any
) -> HttpResponse:
    context |= {"connection": connection, "connector": form.connector, "form": form}
    return _page(request, visit, "credentials", **context)


def _failed_check(connection: Connection, check_id: str) -> CredentialCheck | None:
    """Return the check that a person came from, or the newest, if it failed."""
    checks = CredentialCheck.objects.filter(connection=connection).order_by("-started_at")[:20]
    shown = next((row for row in checks if str(row.id) == check_id), checks[0] if checks else None)
    return shown if shown and shown.outcome == Outcome.FAILED else None


@require_safe
@connection_page(linked=False)
def check(request: HttpRequest, visit: Visit, connection: Connection, check_id: UUID) -> HttpResponse:
    """Show how far the check is, and go on when it has ended."""
    running = _check_of(visit, connection, check_id)
    if running.outcome != Outcome.RUNNING:
        return redirect(_after(visit, running))
    connector = visit.connector(connection)
    context: dict[str, Any] = {"connection": connection, "connector": connector, "check": running}
    context |= {"steps": steps_of(running, connector), "message": message_of(running)}
    return _page(request, visit, "check", **context)


@require_safe
@link_page
def check_status(request: HttpRequest, visit: Visit, connection_id: UUID, check_id: UUID) -> HttpResponse:
    """Tell the waiting page's script how far the check is, and where to go when it has ended."""
    connection = visit.connection(connection_id)
    running = _check_of(visit, connection, check_id)
    ended = running.outcome != Outcome.RUNNING
    return JsonResponse(
        {
            "stepsDone": running.steps_done,
            "message": message_of(running),
            "next": _after(visit, running) if ended else None,
        }
    )


@require_safe
@connection_page(linked=True)
def done(request: HttpRequest, visit: Visit, connection: Connection) -> HttpResponse:
    """Connected: which site, and what happens now."""
    passed = CredentialCheck.objects.filter(connection=connection, outcome=Outcome.PASSED)
    newest = passed.order_by("-started_at").first()
    # The notice itself names other companies of the operator, which are not this person's to know.
    is_elsewhere = bool(newest and newest.notice)
    return _page(request, visit, "done", connection=connection, is_elsewhere=is_elsewhere)


@require_safe
@connection_page(linked=True)
def finish(request: HttpRequest, visit: Visit, connection: Connection) -> HttpResponse:
    """Leave Link: for the operator's redirect URL, or by closing the window."""
    # A link leads here, not a form: browsers hold `form-action` against where a form's answer redirects to.
    url = finish_url(operator=visit.operator, connection=connection)
    return redirect(url) if url else _page(request, visit, "finish")


def _check_of(visit: Visit, connection: Connection, check_id: UUID) -> CredentialCheck:
    try:
        return CredentialCheck.objects.get(pk=check_id, connection=connection)
    except CredentialCheck.DoesNotExist:
        raise dead_ends.unknown_page(visit.operator, visit.url("start")) from None


def _after(visit: Visit, ended: CredentialCheck) -> str:
    if ended.outcome == Outcome.PASSED:
        return visit.url("done", connection_id=ended.connection_id)
    return f"{visit.url('credentials', connection_id=ended.connection_id)}?check={ended.id}"


def _page(
    request: HttpRequest, visit: Visit, name: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return render(request, f"link/{name}.html", {"visit": visit, **context}, status=status)
