"""What borders and lost histories of the server do to people's work, each in a story of its own."""

import pytest

from inspector_app.models.sites import Site
from inspector_app.sync import round as rounds
from tests.simulation.borders import HERE, THERE
from tests.simulation.edits import Hand, papers_of, register_site
from tests.simulation.link import Cut, Wire
from tests.simulation.stories import healed, put, refusals, shown
from tests.simulation.world import World


def lost() -> None:
    raise Cut("the reply was lost")


def test_a_refusal_by_a_server_that_was_set_back_is_heard_though_its_first_reply_was_lost(world: World) -> None:
    ann, ben, _cid = world.laptops
    world.server.save()
    ann.edit(put(name_en="taken once"))
    world.heal()
    world.server.restore()
    world.give(ann, THERE)
    with pytest.raises(Cut):
        rounds.sync(ann.register, link=Wire(world, ann.actor, bad=0, old=[], meanwhile=lost))
    healed(world)
    assert refusals(ann) == {"NotYourRegion"}
    assert shown(ben, "name_en") == "new"


def test_a_copied_register_hears_what_a_server_that_was_set_back_said_to_the_other_one(world: World) -> None:
    ann, _ben, _cid = world.laptops
    world.server.save()
    ann.edit(put(name_en="taken once"))
    ann.sync()
    world.copy(ann)
    world.server.restore()
    world.give(ann, THERE)
    healed(world)
    assert refusals(world.laptops[3]) == refusals(ann) == {"NotYourRegion"}


def test_a_comparison_takes_out_what_a_lost_history_left_with_all_that_was_refused_because_of_it(world: World) -> None:
    ann, ben, _cid = world.laptops
    world.server.save()
    ann.edit(register_site)
    ann.edit(lambda hand: setattr(newest(hand), "region", HERE))
    world.heal()
    ben.edit(lambda hand: papers_of(hand, newest(hand).id))
    world.server.restore()
    world.give(ann, THERE)
    healed(world)
    assert refusals(ben) == {"RuleBroken"}
    assert world.happened["ghosts that a comparison took out"] > 0


def newest(hand: Hand) -> Site:
    return max(hand.all(Site), key=lambda site: site.id)


def test_a_move_that_was_refused_takes_nothing_of_its_site_from_the_laptop_though_the_line_was_cut_then(world: World) -> None:
    ann, ben, _cid = world.laptops
    ben.edit(put(address="news, so that ann must ask for a page"))
    ben.sync()
    here = shown(ann, "region")
    ann.edit(put(region=THERE if here == HERE else HERE))
    world.give(ann, here)
    calls: list[None] = []

    def lost_with_the_first_page() -> None:
        calls.append(None)
        if len(calls) == 2:  # the first time is the answer to the push
            lost()

    with pytest.raises(Cut):
        rounds.sync(ann.register, link=Wire(world, ann.actor, bad=0, old=[], meanwhile=lost_with_the_first_page))
    healed(world)
    assert refusals(ann) == {"NotYourRegion"}
