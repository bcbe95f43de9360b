"""What the API asks of a worker, in the whole program."""

from __future__ import annotations

from tests.stack import SITE_KEY, Stack


def test_a_connections_key_is_tried_at_the_vendor(stack: Stack) -> None:
    operator = stack.operator()
    stack.manage("integration_enable", "--operator", operator.id, "--platform-key", "rkgp")
    company = operator.call("POST", "/companies", json={"name": "Corner Bakery"}).json()["id"]
    made = operator.call("POST", f"/companies/{company}/connections", json={"platformKey": "rkgp"}).json()
    connection = f"/companies/{company}/connections/{made['id']}"
    operator.call("PUT", f"{connection}/authorization", json={"site": "acme", "apiKey": SITE_KEY})
    before = operator.get(f"{connection}/requests")["totalResults"]

    answer = operator.call("POST", f"{connection}/test")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "passed")
    assert operator.get(f"{connection}/test/{answer.json()['id']}") == answer.json()
    assert operator.get(f"{connection}/requests")["totalResults"] > before
    assert operator.get("/usage")["results"][0]["requests"] >= 7
    assert operator.get("/audit?query=action=connection.tested")["totalResults"] == 1
