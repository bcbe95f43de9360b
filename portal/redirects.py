"""The Redirects page: where Link sends an operator's customers after Finish."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from companies.admin.base import actor, require
from companies.admin.pages import page
from companies.models import Operator
from companies.redirects import NOT_ALLOWED, is_allowed
from companies.roles import Right
from companies.services.operators import operator_redirects_set
from link.redirects import PARAMETERS


class RedirectsForm(forms.Form):
    """The redirect URL with its parameters, and the hosts that it may lead to."""

    redirect_url = forms.CharField(label="Redirect URL", max_length=200, required=False)
    hosts = forms.CharField(
        label="Allowed hosts", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def clean_hosts(self) -> list[str]:
        """Return the hosts, one a line, in lower case."""
        lines = self.cleaned_data["hosts"].lower().split()
        if any("/" in line or "{" in line or "@" in line for line in lines):
            raise forms.ValidationError("Write hosts alone, one a line, for example app.example.com.")
        return lines

    def clean(self) -> None:
        """Refuse a URL that Finish would not lead to."""
        url = self.cleaned_data.get("redirect_url", "")
        if url and not is_allowed(url, self.cleaned_data.get("hosts", [])):
            self.add_error("redirect_url", NOT_ALLOWED)


def urls() -> list[URLPattern]:
    """Return the page's URL, for the Portal's site."""
    return [path("settings/redirects/", admin.site.admin_view(redirects_view), name="redirects")]


def redirects_view(request: HttpRequest) -> HttpResponse:
    """Show and change where Finish leads."""
    require(request, Right.CHANGE_SETTINGS)
    operator = Operator.objects.get()
    form = RedirectsForm(request.POST or None, initial=_initial(operator))
    if request.method == "POST" and form.is_valid():
        operator_redirects_set(
            redirect_url=form.cleaned_data["redirect_url"],
            hosts=form.cleaned_data["hosts"],
            actor=actor(request),
        )
        messages.success(request, "Saved. Finish leads there from now on.")
        return redirect("admin:redirects")
    return page(
        request,
        "portal/redirects.html",
        title="Redirects",
        purpose="Where Link sends your customer after Finish. Without a redirect URL, Link says that it is done.",
        form=form,
        parameters=PARAMETERS,
    )


def _initial(operator: Operator) -> dict[str, str]:
    return {"redirect_url": operator.redirect_url, "hosts": "\n".join(operator.allowed_redirect_hosts)}
