"""What a paper says where two people said different things: that it is disputed, and every claim, never a chosen one."""

from inspector_app.i18n import N_, Words
from inspector_app.models.queries.contested import Said, contested
from inspector_app.models.queries.papers import SitePaper
from inspector_app.models.wording import field_name, full_value, record_name
from inspector_app.reports.blocks import Fact
from inspector_app.reports.telling import Telling


def facts(told: Telling, site: SitePaper) -> tuple[Fact, ...]:
    """A line for the status of a site and for every legal fact that is disputed; none where nothing is."""
    words, known = told.words, contested(told.session, site.id)
    found = []
    if site.disputed and known.claims:
        now = words.say(
            N_("«{status}», accepted, since {day}"), status=words.say(site.status.label), day=words.date(site.status_since)
        )
        others = [
            words.say(
                N_("«{status}», claimed by {person}, from {day}"),
                status=words.say(each.to_status.label),
                person=each.actor,
                day=words.date(each.effective_on),
            )
            for each in known.claims
        ]
        said = [now, *others]
        label = words.say(N_("State-ownership status"))
        found.append(_fact(words, label, said))
    for conflict in known.conflicts:
        label = f"{record_name(words, conflict.entity)}: {field_name(words, conflict.field)}"
        found.append(_fact(words, label, [_said(words, conflict.entity, conflict.field, each) for each in conflict.values]))
    return tuple(found)


def _fact(words: Words, label: str, claims: list[str]) -> Fact:
    head = words.plural("DISPUTED, {n} claim", "DISPUTED, {n} claims", len(claims))
    return Fact(f"{head} \N{MIDDLE DOT} {label}", " / ".join(claims), wide=True)


def _said(words: Words, entity: str, field: str, said: Said) -> str:
    if field == "deleted":
        value = words.say(N_("Deleted")) if said.value is True else words.say(N_("Not deleted"))
    else:
        value = full_value(words, entity, field, said.value)
    by = ", ".join(part for part in (said.author or "", words.moment(said.at) if said.at else "") if part)
    return f"{value} ({by})" if by else value
