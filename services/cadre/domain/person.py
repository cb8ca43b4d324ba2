"""People: registered, their profile changed from a date or corrected, records merged, sealed values opened, certificates issued."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from services.cadre.domain.known import same_as_far
from services.cadre.domain.refusals import refused
from services.cadre.events import (
    CadreDeparted,
    CadreProfileChanged,
    CadreProfileCorrected,
    CadreRegistered,
    CadresMerged,
    CertificateIssued,
    Post,
    Profile,
    ProfileInterval,
    SealedRecordOpened,
    departures,
    profile_timeline,
)
from shared.fact import Fact, Personal, Refused

__all__ = ["YOUNGEST", "Cadre", "certify", "change", "contradictions", "correct", "evolve", "known", "merge", "of_age", "open_record", "present",
           "register", "unseal", "unusual_age"]

Sealed = Personal[str] | None
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
YOUNGEST, OLDEST = 16, 110  # years: nobody works before; beyond, the year is likelier a slip


@dataclass(frozen=True)
class Cadre:
    """A person's record: what was said of her, in order. `life` is what it adds up to."""

    said: tuple[Fact, ...]

    @cached_property
    def life(self) -> list[ProfileInterval]:
        return profile_timeline((None, fact) for fact in self.said)

    @property
    def profile(self) -> Profile:
        return self.life[-1].profile

    @property
    def home(self) -> UUID:
        return self.life[-1].home

    @property
    def into(self) -> UUID | None:
        return self.life[-1].into

    @cached_property
    def departures(self) -> list[tuple[CadreDeparted, date | None]]:
        return departures(self.said)

    @property
    def departed(self) -> CadreDeparted | None:
        """Her departure, while she is not back."""
        last, back = self.departures[-1] if self.departures else (None, None)
        return None if back else last

    @property
    def certificates(self) -> dict[UUID, CertificateIssued]:
        return {f.appointment: f for f in self.said if isinstance(f, CertificateIssued)}

    @property
    def sealed(self) -> dict[str, Personal[str]]:
        """The newest sealed value of each field."""
        found: dict[str, Personal[str]] = {}
        void = {f.corrects_version for f in self.said if isinstance(f, CadreProfileCorrected) and f.void}
        for fact in (f for n, f in enumerate(self.said, 1) if n not in void):
            for name in ("id_number", "phone"):
                if personal := getattr(fact, name, None):
                    found[name] = personal
        return found


def register(was: Cadre | None, profile: Profile, home: UUID, id_number: Sealed, phone: Sealed, alike: bool, today: date,
             registered: bool = False) -> CadreRegistered:
    """登记. `alike`: there is a record of the same name and birth, which is a warning, never a claim. `registered`: another bears the number."""
    if was:
        raise refused("cadre_exists")
    if not profile.person_name:
        raise refused("name_missing")
    said = completed(Profile(), profile, id_number)
    _check(said, id_number, Profile(), today, registered)
    warnings = ("same_name_and_birth",) * alike + ("id_number_missing",) * (id_number is None) + _odd(said, today)
    return CadreRegistered(profile=_settled(Profile(), said), home=home, id_number=id_number, phone=phone, warnings=warnings)


def open_record(was: Cadre | None, profile: Profile, home: UUID, id_number: Sealed, phone: Sealed, source: str | None) -> CadreRegistered:
    """First load: taken as the paper has it [corrections §3]."""
    if was:
        raise refused("cadre_exists")
    if not profile.person_name:
        raise refused("name_missing")
    said = completed(Profile(), profile, id_number)
    return CadreRegistered(profile=_settled(Profile(), said), home=home, id_number=id_number, phone=phone, opening=True, source=source)


def change(was: Cadre | None, profile: Profile, effective: date, home: UUID | None, id_number: Sealed, phone: Sealed, today: date,
           registered: bool = False) -> CadreProfileChanged:
    """变更: true from `effective` on; before it the old values were right."""
    record = known(was)
    if not (_says(profile) or home or id_number or phone):
        raise refused("nothing_changed")
    if effective > today:
        raise refused("effective_in_future")
    said = completed(record.profile, profile, id_number)
    _check(said, id_number, record.profile, today, registered)
    return CadreProfileChanged(profile=_settled(record.profile, said), effective=effective, home=home, id_number=id_number, phone=phone,
                               warnings=_odd(said, today))


def correct(was: Cadre | None, events: Sequence[UUID], corrects: UUID, profile: Profile, effective: date | None, id_number: Sealed,
            phone: Sealed, today: date, registered: bool = False) -> CadreProfileCorrected:
    """更正: `corrects` (one of `events`, the ids of this record's facts in order) said it wrong."""
    record = known(was)
    version = events.index(corrects) + 1 if corrects in events else 0
    target = record.said[version - 1] if 0 < version <= len(record.said) else None
    if not isinstance(target, CadreRegistered | CadreProfileChanged | CadreProfileCorrected):
        raise refused("not_a_profile_event")
    if not (_says(profile) or effective or id_number or phone):
        raise refused("nothing_changed")
    if effective and effective > today:
        raise refused("effective_in_future")
    said = completed(record.profile, profile, id_number)
    _check(said, id_number, record.profile, today, registered)
    return CadreProfileCorrected(corrects=corrects, corrects_version=version, profile=_settled(target.profile, said), effective=effective,
                                 id_number=id_number, phone=phone, warnings=_odd(said, today))


def merge(was: Cadre | None, kept: Cadre | None, same: bool, into: UUID, holds_office: bool = False) -> CadresMerged:
    """并档: this record and `into` are one person; `into` is kept. What is merged counts no more, so no post may hang on it."""
    record = known(was)
    if same:
        raise refused("merge_with_itself")
    known(kept)
    if holds_office:
        raise refused("merge_holds_office")
    if [(d.effective, d.why, back) for d, back in record.departures] != [(d.effective, d.why, back) for d, back in known(kept).departures]:
        raise refused("merge_departed")
    return CadresMerged(into=into)


def unseal(was: Cadre | None, why: str | None, account: str, fields: Sequence[str] = ("id_number", "phone")) -> SealedRecordOpened:
    """Who saw her sealed values (of these `fields`), and why."""
    if was is None:
        raise refused("unknown_cadre")
    there = tuple(name for name in was.sealed if name in fields)
    if not there:
        raise refused("nothing_sealed")
    if not why:
        raise refused("reason_missing")
    return SealedRecordOpened(fields=there, opened_by=account, why=why)


def certify(was: Cadre | None, appointment: UUID, post: Post | None, person: UUID, in_office: bool, superior: UUID | None, number: str,
            issued_on: date, issuer: UUID) -> CertificateIssued:
    """聘书 / 当选证书, from the superior federation [C4]."""
    record = known(was)
    if post is None or post.person != person:
        raise refused("certificate_not_hers")
    if earlier := record.certificates.get(appointment):
        raise refused("certificate_exists", number=earlier.number)
    if not in_office:
        raise refused("certificate_not_in_office", issued_on=issued_on)
    if superior and issuer != superior:
        raise refused("issuer_not_superior", superior=superior)
    return CertificateIssued(appointment=appointment, number=number, issued_on=issued_on, issuer=issuer)


def known(was: Cadre | None) -> Cadre:
    if was is None or not was.life:
        raise refused("unknown_cadre")
    if was.into:
        raise refused("merged_record", into=was.into)
    return was


def present(record: Cadre, since: date, until: date | None) -> None:
    """She may hold a post over [since, until): refused when on one of these days she has died, left the province or is expelled."""
    for gone, back in record.departures:
        if (until is None or until > gone.effective) and (back is None or since < back):
            raise refused("departed_person", since=gone.effective, why=gone.why)


def _settled(was: Profile, said: Profile) -> Profile:
    """进“两委”, as far as what is said of the two committees settles it: in one is in; out of both is out, unless it was never said in which."""
    of = ("in_party_branch_committee", "in_villagers_committee")
    before, told = [getattr(was, n) for n in of], [getattr(said, n) for n in of]
    after = [b if t is None else t for b, t in zip(before, told, strict=True)]
    if said.in_two_committees is not None:
        if said.in_two_committees and after == [False, False]:
            raise refused("two_committees_which")
        return said
    if told == [None, None] or (None in after and not any(after) and was.in_two_committees and not any(before)):
        return said
    return said.model_copy(update={"in_two_committees": any(after)})


def _says(profile: Profile) -> bool:
    return any(v is not None for v in profile.__dict__.values())


def completed(was: Profile, said: Profile, id_number: Sealed) -> Profile:
    """With the sex and the birth that the ID number tells, where neither says so, or not so exactly."""
    if id_number is None or id_number.value is None or not _whole(id_number.value):
        return said
    number, more = id_number.value, dict[str, object]()
    if not (said.sex or was.sex):
        more["sex"] = _sex(number)
    told = said if said.born_on else was
    if not told.born_on or (told.born_precision not in (None, "day") and not contradictions(told, number)):
        more |= {"born_on": _birth(number), "born_precision": "day"}
    return said.model_copy(update=more)


def contradictions(profile: Profile, number: str | None, today: date = date.max) -> list[Refused]:
    """What a profile says against an ID number, as far as it says anything, and of a birth to come."""
    found = [refused("born_in_future", born_on=profile.born_on)] if profile.born_on and profile.born_on > today else []
    if number and profile.sex and profile.sex != _sex(number):
        found.append(refused("id_number_sex"))
    if number and profile.born_on and not same_as_far(profile.born_on, _birth(number), profile.born_precision or "day"):
        found.append(refused("id_number_mismatch"))
    return found


def unusual_age(born_on: date, today: date) -> bool:
    """Is she younger or older than people on record are? That is asked, not refused."""
    return not YOUNGEST <= (today - born_on).days / 365.25 <= OLDEST


def of_age(born_on: date | None, starts_on: date) -> None:
    """Refused: by her birth she was a child when the post began."""
    if born_on and (starts_on - born_on).days / 365.25 < YOUNGEST:
        raise refused("age_impossible", youngest=YOUNGEST)


def _check(said: Profile, id_number: Sealed, was: Profile, today: date, registered: bool) -> None:
    """What is said, and the number against what is on record besides."""
    number = id_number.value if id_number else None
    if number is not None and not _whole(number):
        raise refused("id_number_invalid")
    known = said if said.born_on else said.model_copy(update={"born_on": was.born_on, "born_precision": was.born_precision} if number else {})
    known = known.model_copy(update={"sex": was.sex}) if number and not said.sex else known
    wrong = contradictions(known, number, today)
    Refused.all([*wrong, refused("id_number_registered")] if number and registered else wrong)


def _odd(said: Profile, today: date) -> tuple[str, ...]:
    return ("age_unusual",) if said.born_on and unusual_age(said.born_on, today) else ()


def _whole(number: str) -> bool:
    return len(number) == 18 and number[:17].isascii() and number[:17].isdigit() and number[17] == _check_digit(number)


def _sex(number: str) -> str:
    return "male" if int(number[16]) % 2 else "female"


def _birth(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _check_digit(number: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True)) % 11]


def evolve(was: Cadre | None, fact: Fact) -> Cadre:
    return Cadre((*(was.said if was else ()), fact))

