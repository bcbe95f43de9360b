"""Where Finish may lead, and where it may not."""

from __future__ import annotations

import pytest

from companies.redirects import is_allowed
from link.redirects import fill, finish_url
from tests.link.conftest import Customer

HOSTS = ["app.example.com", "localhost", "dev.example.com:8443"]


@pytest.mark.parametrize(
    "template",
    [
        "https://app.example.com",
        "https://APP.example.com/done?company={companyId}#{statusCode}",
        "https://app.example.com/{platform}/done",
        "https://dev.example.com:8443/",
        "http://localhost:3000/back",
    ],
)
def test_listed_hosts_are_allowed(template: str) -> None:
    assert is_allowed(template, HOSTS)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "/relative",
        "//app.example.com/",
        "https:///app.example.com/",
        "https:app.example.com/",
        "http://app.example.com/",
        "javascript:alert(1)//app.example.com",
        "ftp://app.example.com/",
        "https://evil.example/",
        "https://evil.example/app.example.com",
        "https://app.example.com.evil.example/",
        "https://evilapp.example.com/",
        "https://app.example.com@evil.example/",
        "https://user:pass@app.example.com/",
        "https://evil.example\\@app.example.com/",
        "https://app.example.com\\.evil.example/",
        "https://evil.example#@app.example.com/",
        "https://evil.example?app.example.com",
        "https://app.example.com\t.evil.example/",
        " https://app.example.com/",
        "https://app.example.com/\r\nSet-Cookie: a=b",
        "https://{platformName}.example.com/",
        "https://app.example.com{companyId}/",
        "https://{companyId}@app.example.com/",
        "{platform}://app.example.com/",
        "https://dev.example.com/",
        "https://app.example.com:notaport/{",
        "https://[app.example.com/",
    ],
)
def test_everything_else_is_refused(template: str) -> None:
    assert not is_allowed(template, HOSTS)


def test_no_list_allows_nothing() -> None:
    assert not is_allowed("https://app.example.com/", [])


def test_values_cannot_leave_their_place() -> None:
    url = fill("https://a.example/{platformName}?n={platformName}&x=1", {"platformName": "/../@b?c&d=é #"})
    assert (
        url
        == "https://a.example/%2F..%2F%40b%3Fc%26d%3D%C3%A9%20%23?n=%2F..%2F%40b%3Fc%26d%3D%C3%A9%20%23&x=1"
    )


def test_unknown_parameters_become_empty_and_case_matters() -> None:
    assert (
        fill("https://a.example/?a={CompanyId}&b={companyId}", {"companyId": "7"})
        == "https://a.example/?a=&b=7"
    )


def test_every_documented_parameter_is_filled(baker: Customer) -> None:
    names = (
        "clientId companyId connectionId integrationId platform platformName sourceId sourceType statusCode"
    )
    operator = baker.tenant.operator
    operator.redirect_url = "https://app.example.com/?" + "&".join(f"{n}={{{n}}}" for n in names.split())
    operator.allowed_redirect_hosts = ["app.example.com"]
    connection = baker.begin()
    url = finish_url(operator=operator, connection=connection) or ""
    values = dict(pair.split("=") for pair in url.split("?")[1].split("&"))
    assert values == {
        "clientId": str(operator.id),
        "companyId": str(baker.company.id),
        "connectionId": str(connection.id),
        "integrationId": str(connection.integration_id),
        "platform": "rkgp",
        "platformName": "Chargify",
        "sourceId": str(connection.source_id),
        "sourceType": "Commerce",
        "statusCode": "200",
    }
