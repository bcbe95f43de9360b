"""What the Portal registers itself: the page that spans apps."""

from __future__ import annotations

from django.contrib import admin

from companies.models import Company
from portal.company import CompanyPage

admin.site.register(Company, CompanyPage)
