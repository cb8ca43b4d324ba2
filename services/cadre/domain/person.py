"""People: registered, their profile changed from a date or corrected, records merged, sealed values opened, certificates issued."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

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
from shared.fact import Fact, Personal

__all__ = ["Cadre", "certify", "change", "correct", "evolve", "known", "merge", "open_record", "present", "register", "unseal"]

Sealed = Personal[str] | None
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643


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


def register(was: Cadre | None, profile: Profile, home: UUID, id_number: Sealed, phone: Sealed, alike: bool,
             today: date) -> CadreRegistered:
    """登记. `alike`: there is a record of the same name and birth, which is a warning, never a claim."""
    if was:
        raise refused("cadre_exists")
    if not profile.person_name:
        raise refused("name_missing")
    _check(profile, id_number, profile.born_on, today)
    warnings = ("same_name_and_birth",) * alike + ("id_number_missing",) * (id_number is None)
    return CadreRegistered(profile=_settled(Profile(), profile), home=home, id_number=id_number, phone=phone, warnings=warnings)


def open_record(was: Cadre | None, profile: Profile, home: UUID, id_number: Sealed, phone: Sealed, source: str | None) -> CadreRegistered:
    """First load: taken as the paper has it [corrections §3]."""
    if was:
        raise refused("cadre_exists")
    if not profile.person_name:
        raise refused("name_missing")
    return CadreRegistered(profile=_settled(Profile(), profile), home=home, id_number=id_number, phone=phone, opening=True, source=source)


def change(was: Cadre | None, profile: Profile, effective: date, home: UUID | None, id_number: Sealed, phone: Sealed,
           today: date) -> CadreProfileChanged:
    """变更: true from `effective` on; before it the old values were right."""
    record = known(was)
    if not (_says(profile) or home or id_number or phone):
        raise refused("nothing_changed")
    if effective > today:
        raise refused("effective_in_future")
    _check(profile, id_number, profile.born_on or record.profile.born_on, today)
    return CadreProfileChanged(profile=_settled(record.profile, profile), effective=effective, home=home, id_number=id_number, phone=phone)


def correct(was: Cadre | None, events: Sequence[UUID], corrects: UUID, profile: Profile, effective: date | None, id_number: Sealed,
            phone: Sealed, today: date) -> CadreProfileCorrected:
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
    _check(profile, id_number, profile.born_on or record.profile.born_on, today)
    return CadreProfileCorrected(corrects=corrects, corrects_version=version, profile=_settled(target.profile, profile), effective=effective,
                                 id_number=id_number, phone=phone)


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


def _check(profile: Profile, id_number: Sealed, born_on: date | None, today: date) -> None:
    if profile.born_on and profile.born_on > today:
        raise refused("born_in_future", born_on=profile.born_on)
    number = id_number.value if id_number else None
    if number is None:
        return
    if not (len(number) == 18 and number[:17].isascii() and number[:17].isdigit() and number[17] == _check_digit(number)):
        raise refused("id_number_invalid")
    if born_on and profile.born_precision in (None, "day") and number[6:14] != born_on.strftime("%Y%m%d"):
        raise refused("id_number_mismatch")


def _check_digit(number: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True)) % 11]


def evolve(was: Cadre | None, fact: Fact) -> Cadre:
    return Cadre((*(was.said if was else ()), fact))

