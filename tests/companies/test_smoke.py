from __future__ import annotations

import pytest

from companies.models import Company
from config.tenancy import NoTenant, tenant_context
from tests.conftest import Tenant


def test_it_works(northwind: Tenant, southbank: Tenant) -> None:
    northwind.company()
    with pytest.raises(NoTenant):
        Company.objects.count()
    with tenant_context(southbank.operator.id):
        assert Company.objects.count() == 0
    with tenant_context(northwind.operator.id):
        assert Company.objects.count() == 1
