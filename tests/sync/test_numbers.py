"""Numbers that laptops give while they cannot hear each other never collide, and codes that people typed alike are shown."""

from collections.abc import Callable
from datetime import date

from inspector_app.actions.inspections import start_inspection
from inspector_app.actions.removal import plan_batch
from inspector_app.actions.sites import change_site
from inspector_app.actions.waste import add_pcb_item
from inspector_app.domain.pcb import EquipmentType
from inspector_app.models.queries.twins import twins
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from tests.sync.registers import a_site, rows, value

Laptop = Callable[..., Register]


def given(register: Register, site: str) -> list[str]:
    """The numbers that a laptop gives to an inspection, a batch and a piece of equipment."""
    with register.writing("Number things") as session:
        act = start_inspection(session, site, visited_on=date(2025, 5, 5))
        batch = plan_batch(session, site)
        item = add_pcb_item(session, site, equipment=EquipmentType.TRANSFORMER)
        return [act.no, batch.no, item.label]


def test_two_laptops_offline_never_give_the_same_number(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.sync(bob)
    year = ann.today().year
    one, two, again = given(ann, site), given(bob, site), given(ann, site)
    assert one == ["ОБС-47-2025-1-001", f"A-1-{year}-1-001", "KZ-PCB-47-1-000001"]
    assert two == ["ОБС-47-2025-2-001", f"A-1-{year}-2-001", "KZ-PCB-47-2-000001"]
    assert again == ["ОБС-47-2025-1-002", f"A-1-{year}-1-002", "KZ-PCB-47-1-000002"]
    rounds.sync(ann)
    rounds.sync(bob)
    rounds.sync(ann)
    assert rows(ann) == rows(bob)
    with bob.reading() as session:
        assert twins(session) == ()


def test_a_site_code_that_two_people_typed_is_shown_to_both_until_one_of_them_changes_it(laptop: Laptop) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann, "NEW", name_en="North")
    second = a_site(bob, "NEW", name_en="South")
    rounds.sync(ann)
    rounds.sync(bob)
    rounds.sync(ann)
    assert rows(ann) == rows(bob)
    for register in (ann, bob):
        with register.reading() as session:
            (found,) = twins(session)
        assert (found.entity, found.field, found.value) == ("site", "code", "NEW")
        assert [each.names[0] for each in found.records] == ["North", "South"]
        assert register.me.person in {each.author for each in found.records}
    with ann.writing("Change a site") as session:
        change_site(session, second, code="NEW-2")
    rounds.sync(ann)
    rounds.sync(bob)
    assert value(bob, second, "code") == "NEW-2"
    with bob.reading() as session:
        assert twins(session) == ()
