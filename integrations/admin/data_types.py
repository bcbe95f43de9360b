"""How an integration's data types are fetched, as a form of the Portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from integrations.models import SyncSettingValues

FREQUENCIES = {0: "None", 1: "Hourly", 24: "Daily", 7 * 24: "Weekly", 30 * 24: "Monthly"}


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
