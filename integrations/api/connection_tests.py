"""The API of tests: whether a connection's key still opens its account."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView, uuid_of
from config.api.errors import Conflict
from config.api.serializers import CamelModelSerializer
from config.api.views import operation
from config.tenancy import tenant_context
from integrations.api.waiting import wait_for
from integrations.connectors.base import Problem
from integrations.models import ConnectionTest
from integrations.services.connection_tests import GIVEN_UP_AFTER, NothingToTest, connection_test_start
from integrations.texts import text_for

_TAG = "Connections"
Outcome = ConnectionTest.Outcome


class ConnectionTestSerializer(CamelModelSerializer[ConnectionTest]):
    """A test of a connection's key."""

    connection_id = serializers.UUIDField()
    outcome = serializers.SerializerMethodField(help_text="`running`, `passed` or `failed`.")
    problem = serializers.SerializerMethodField(help_text="A code of what is the matter, or empty.")
    message = serializers.SerializerMethodField(help_text="The same in words, with the next step.")
    started = serializers.DateTimeField(source="started_at")
    completed = serializers.DateTimeField(source="finished_at", allow_null=True)

    class Meta:
        model = ConnectionTest
        fields = ("id", "connection_id", "outcome", "problem", "message", "started", "completed")

    def get_outcome(self, test: ConnectionTest) -> str:
        return Outcome.FAILED if _is_lost(test) else Outcome(test.outcome)

    def get_problem(self, test: ConnectionTest) -> str:
        return Problem.INTERNAL if _is_lost(test) else test.problem

    def get_message(self, test: ConnectionTest) -> str:
        problem = self.get_problem(test)
        return text_for(problem).operator if problem else ""


class ConnectionTestsView(ClientView):
    """Tests of a connection."""

    in_transaction = False
    is_answered_once = False

    @operation(
        "test-connection",
        "Test a connection",
        tag=_TAG,
        response=ConnectionTestSerializer,
        errors=[404, 409],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Try now whether the connection's key opens its account, with a few requests that only read.

        The answer is 200 with the outcome, or 202 after 4 seconds; then ask for the test by its `id`. A test changes
        nothing: a key that was refused once does not end a connection. Safe to repeat: one test runs at a time.
        """
        with tenant_context(request.operator_id):  # type: ignore[attr-defined]
            test = self._started()
        test = wait_for(test)
        is_over = test.outcome != Outcome.RUNNING
        return Response(ConnectionTestSerializer(test).data, status=200 if is_over else 202)

    def _started(self) -> ConnectionTest:
        try:
            return connection_test_start(connection=self.connection(), actor=self.actor)
        except NothingToTest as error:
            raise Conflict(str(error)) from error


class ConnectionTestView(ClientView):
    """One test of a connection."""

    @operation(
        "get-connection-test",
        "Get a test of a connection",
        tag=_TAG,
        response=ConnectionTestSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how a test ended, or that it is running."""
        asked = kwargs["testId"]
        tests = ConnectionTest.objects.filter(connection=self.connection())
        found = tests.filter(pk=uuid_of(asked)).first()
        if found is None:
            raise NotFound(f"No test was found with ID {asked}")
        return Response(ConnectionTestSerializer(found).data)


def _is_lost(test: ConnectionTest) -> bool:
    return test.outcome == Outcome.RUNNING and test.started_at < timezone.now() - GIVEN_UP_AFTER
