"""People: registered, changed from a day, corrected, merged, unsealed, certified; and secondments."""
from uuid import uuid4

from services.cadre.domain import person, secondment
from services.cadre.domain.person import Cadre
from services.cadre.events import CadreRegistered, CertificateIssued, Profile
from shared.fact import Personal
from tests.domain.cadre.given import LI, ORG, PARENT, TODAY, WANG, D, post, refused

WANG_FANG = Profile(person_name="王芳", sex="female", born_on=D(1980, 1, 1), degree="bachelor")
APPOINTMENT = uuid4()


def register(profile=WANG_FANG, number=None, alike=False):
    return person.register(None, profile, ORG, sealed(number), None, alike, TODAY)


def sealed(value):
    return Personal[str](subject=WANG, value=value) if value else None


def record(*facts):
    state = None
    for fact in (register(), *facts):
        state = person.evolve(state, fact)
    return state


def change(was, effective, **profile):
    return person.change(was, Profile(**profile), effective, None, None, None, TODAY)


def test_a_person_is_registered_once_by_name():
    assert record().profile == WANG_FANG and record().home == ORG
    with refused("cadre_exists"):
        person.register(record(), WANG_FANG, ORG, None, None, False, TODAY)
    with refused("name_missing"):
        register(Profile(sex="female"))
    with refused("born_in_future"):
        register(Profile(person_name="王芳", born_on=D(2026, 6, 2)))


def test_an_id_number_is_checked_and_its_absence_and_namesakes_only_warn():
    assert register(number=_number("19800101")).warnings == ()
    assert register(alike=True).warnings == ("same_name_and_birth", "id_number_missing")
    for wrong in ("110105198001010020", "11010519800101002", "１1010519800101002X"):
        with refused("id_number_invalid"):
            register(number=wrong)
    with refused("id_number_mismatch"):
        register(number=_number("19800102"))


def _number(birth: str) -> str:
    digits = f"360121{birth}002"
    return digits + person._check_digit(digits)


def test_a_first_load_takes_the_paper_as_it_is_but_not_without_a_name():
    fact = person.open_record(None, Profile(person_name="李英"), ORG, None, None, "roster.xlsx!3")
    assert fact.opening and fact.source == "roster.xlsx!3"
    with refused("name_missing"):
        person.open_record(None, Profile(), ORG, None, None, None)
    with refused("cadre_exists"):
        person.open_record(record(), WANG_FANG, ORG, None, None, None)


def test_a_change_holds_from_its_day_and_the_old_values_before_it():
    state = record(change(record(), D(2020, 9, 1), degree="postgraduate"))
    assert [(i.valid_from, i.profile.degree) for i in state.life] == [(D(1900, 1, 1), "bachelor"), (D(2020, 9, 1), "postgraduate")]
    assert state.profile.person_name == "王芳"


def test_a_change_says_something_not_about_the_future_and_of_a_known_person():
    with refused("nothing_changed"):
        change(record(), TODAY)
    with refused("effective_in_future"):
        change(record(), D(2026, 6, 2), degree="postgraduate")
    with refused("unknown_cadre"):
        change(None, TODAY, degree="postgraduate")


def test_a_correction_names_the_event_and_leaves_later_changes_alone():
    events = [uuid4(), uuid4()]
    state = record(change(record(), D(2020, 9, 1), degree="postgraduate"))
    fact = person.correct(state, events, events[0], Profile(degree="associate", born_on=D(1981, 1, 1)), None, None, None, TODAY)
    right = person.evolve(state, fact)
    assert [i.profile.degree for i in right.life] == ["associate", "postgraduate"]
    assert {i.profile.born_on for i in right.life} == {D(1981, 1, 1)}
    third = uuid4()
    again = person.correct(right, [*events, third], third, Profile(degree="secondary"), None, None, None, TODAY)
    assert person.evolve(right, again).life[0].profile.degree == "secondary"
    assert person.evolve(right, again).life[0].profile.born_on == D(1981, 1, 1)


def test_a_correction_can_move_the_day_of_a_change():
    events = [uuid4(), uuid4()]
    state = record(change(record(), D(2020, 9, 1), degree="postgraduate"))
    fact = person.correct(state, events, events[1], Profile(), D(2019, 9, 1), None, None, TODAY)
    assert person.evolve(state, fact).life[1].valid_from == D(2019, 9, 1)


def test_a_correction_names_a_profile_event_of_this_record():
    with refused("not_a_profile_event"):
        person.correct(record(), [uuid4()], uuid4(), Profile(degree="associate"), None, None, None, TODAY)
    opened = record(person.unseal(record(change_phone()), "核对", "clerk"))
    ids = [uuid4(), uuid4()]
    with refused("not_a_profile_event"):
        person.correct(opened, ids, ids[1], Profile(degree="associate"), None, None, None, TODAY)
    with refused("nothing_changed"):
        person.correct(record(), ids[:1], ids[0], Profile(), None, None, None, TODAY)
    with refused("effective_in_future"):
        person.correct(record(), ids[:1], ids[0], Profile(), D(2026, 6, 2), None, None, TODAY)


def change_phone():
    return person.change(record(), Profile(), TODAY, None, None, sealed("13800000000"), TODAY)


def test_two_records_of_one_person_are_merged_and_the_merged_one_is_closed():
    merged = record(person.merge(record(), record(), False, LI))
    with refused("merge_holds_office"):
        person.merge(record(), record(), False, LI, holds_office=True)
    assert merged.into == LI
    for act in (lambda: change(merged, TODAY, degree="associate"), lambda: person.merge(merged, record(), False, LI),
                lambda: person.merge(record(), merged, False, WANG)):
        with refused("merged_record"):
            act()
    with refused("merge_with_itself"):
        person.merge(record(), None, True, WANG)
    with refused("unknown_cadre"):
        person.merge(record(), None, False, LI)


def test_sealed_values_are_opened_with_a_reason_and_that_is_a_fact():
    state = record(change_phone())
    fact = person.unseal(state, "核对身份", "secretary")
    assert (fact.fields, fact.opened_by, fact.why) == (("phone",), "secretary", "核对身份")
    with refused("reason_missing"):
        person.unseal(state, None, "secretary")
    with refused("nothing_sealed"):
        person.unseal(record(), "核对", "secretary")
    with refused("unknown_cadre"):
        person.unseal(None, "核对", "secretary")


def certify(state, a_post=None, in_office=True, issuer=PARENT):
    return person.certify(state, APPOINTMENT, a_post or post(), WANG, in_office, PARENT, "2026-001", TODAY, issuer)


def test_the_superior_federation_certifies_a_post_once_while_it_is_held():
    fact = certify(record())
    assert isinstance(fact, CertificateIssued)
    with refused("certificate_exists"):
        certify(record(fact))
    with refused("certificate_not_hers"):
        certify(record(), post(person=LI))
    with refused("certificate_not_in_office"):
        certify(record(), in_office=False)
    with refused("issuer_not_superior"):
        certify(record(), issuer=ORG)


def test_a_registered_person_is_her_first_fact():
    assert isinstance(record().said[0], CadreRegistered) and isinstance(record(), Cadre)


# -- secondments -------------------------------------------------------------------------------------------------------
def seconded(*facts):
    state = None
    for fact in (secondment.start(None, WANG, ORG, PARENT, "挂职副主席", D(2026, 1, 1), D(2026, 7, 1)), *facts):
        state = secondment.evolve(state, fact)
    return state


def test_a_secondment_is_started_extended_and_ended():
    state = seconded(secondment.extend(seconded(), D(2027, 1, 1)))
    assert state.until == D(2027, 1, 1)
    assert seconded(secondment.end(state, TODAY, TODAY)).ended_on == TODAY


def test_a_secondment_that_makes_no_sense_is_refused():
    with refused("same_organisation"):
        secondment.start(None, WANG, ORG, ORG, "挂职", D(2026, 1, 1), D(2026, 7, 1))
    with refused("until_before_start"):
        secondment.start(None, WANG, ORG, PARENT, "挂职", D(2026, 1, 1), D(2026, 1, 1))
    with refused("secondment_exists"):
        secondment.start(seconded(), WANG, ORG, PARENT, "挂职", D(2026, 1, 1), D(2026, 7, 1))
    with refused("unknown_secondment"):
        secondment.extend(None, TODAY)
    with refused("not_longer"):
        secondment.extend(seconded(), D(2026, 7, 1))
    with refused("date_in_future"):
        secondment.end(seconded(), D(2026, 6, 2), TODAY)
    with refused("effective_before_start"):
        secondment.end(seconded(), D(2026, 1, 1), TODAY)
    over = seconded(secondment.end(seconded(), TODAY, TODAY))
    for act in (lambda: secondment.end(over, TODAY, TODAY), lambda: secondment.extend(over, D(2027, 1, 1))):
        with refused("secondment_over"):
            act()
