"""The API of a company's products: names that clients give to what they use a company for."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Company
from companies.services.companies import company_product_add, company_product_remove
from config.api.views import operation

_TAG = "Companies"
_LONGEST = 100
_MOST = 20


class ProductView(ClientView):
    """A product of a company."""

    @operation("add-product", "Add a product", tag=_TAG, response=None, status=204, errors=[400, 404])
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Note that you use a company for a product; that changes nothing but the company's `products`."""
        company, product = self.company(), kwargs["productIdentifier"]
        if len(product) > _LONGEST:
            raise ValidationError({"productIdentifier": [f"Has at most {_LONGEST} characters."]})
        if len({*company.products, product}) > _MOST:
            raise ValidationError({"productIdentifier": [f"A company has at most {_MOST} products."]})
        company_product_add(company=company, product=product, actor=self.actor)
        return Response(status=204)

    @operation("remove-product", "Remove a product", tag=_TAG, response=None, status=204, errors=[404])
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Note that you use a company for a product no more."""
        company = self.company()
        product = product_of(company, kwargs["productIdentifier"])
        company_product_remove(company=company, product=product, actor=self.actor)
        return Response(status=204)


def product_of(company: Company, asked: str) -> str:
    """Return a product that a company has; raise NotFound."""
    if asked not in company.products:
        raise NotFound(f"The company has no product {asked}.")
    return asked
