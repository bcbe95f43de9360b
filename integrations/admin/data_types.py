"""How an integration's data types are fetched, and how hard an account is asked, as forms of the Portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from integrations.models import SyncSettingValues
from integrations.models.settings import IN_FLIGHT, MOST_IN_FLIGHT

FREQUENCIES = {0: "None", 1: "Hourly", 24: "Daily", 7 * 24: "Weekly", 30 * 24: "Monthly"}


class InFlightForm(forms.Form):
    """How many requests an account gets at once."""

    in_flight = forms.TypedChoiceField(label="Requests at once", coerce=int)

    def __init__(self, in_flight: int, posted: Mapping[str, Any] | None, *, may_change: bool) -> None:
        super().__init__(posted, initial={"in_flight": in_flight})
        names = {number: str(number) for number in range(1, MOST_IN_FLIGHT + 1)}
        field = self.fields["in_flight"]
        field.choices = sorted((names | {IN_FLIGHT: f"{IN_FLIGHT} (unless you choose)"}).items())
        field.disabled = not may_change


class DataTypeForm(forms.Form):
    """Whether a data type is read when a company connects, and how often afterwards."""

    fetch_on_first_link = forms.BooleanField(label="Fetch on first link", required=False)
    schedule_hours = forms.TypedChoiceField(label="Sync frequency", coerce=int)

    def __init__(
        self, setting: SyncSettingValues, posted: Mapping[str, Any] | None, *, may_change: bool
    ) -> None:
        hours = setting.schedule_hours
        initial = {"fetch_on_first_link": setting.fetch_on_first_link, "schedule_hours": hours}
        super().__init__(posted, prefix=setting.data_type, initial=initial)
        # The API takes any number of hours.
        choices = FREQUENCIES | {hours: FREQUENCIES.get(hours, f"Every {hours} hours")}
        self.fields["schedule_hours"].choices = sorted(choices.items())
        self.data_type = setting.data_type
        for field in self.fields.values():
            field.disabled = not may_change
            field.widget.attrs["aria-label"] = f"{self.name}: {field.label}"

    @property
    def name(self) -> str:
        """Return the data type as a person would say it."""
        _, _, name = self.data_type.partition("-")
        return re.sub("([A-Z])", r" \1", name).capitalize()


def data_type_forms(
    settings: Mapping[str, SyncSettingValues], posted: Mapping[str, Any] | None, *, may_change: bool
) -> list[DataTypeForm]:
    """Return a form for each data type."""
    return [DataTypeForm(setting, posted, may_change=may_change) for setting in settings.values()]
