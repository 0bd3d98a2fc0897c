from collections.abc import Callable

import pytest
from office import Office

from inspector_app.models.register import Register


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


@pytest.fixture
def field_office(new_register: Callable[..., Register]) -> Office:
    """A register of a field inspector, who proposes more than he may accept."""
    from inspector_app.domain.people import Role

    return Office(new_register("field.register", person="F. Inspector", role=Role.INSPECTOR))
