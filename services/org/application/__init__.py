"""What org does: one short method a use case, each deciding and recording in one append."""
from typing import ClassVar

from services.org.application.documents import Documents
from services.org.application.grants import Grants
from services.org.application.reelections import Reelections
from services.org.application.rules import RuleTable
from services.org.application.terms import Terms
from services.org.application.unit_imports import UnitImports
from services.org.application.units import Units
from services.org.application.vacancies import Vacancies
from services.org.domain import code, dependants, document, grant, imports, organisation, reelection, rule, term, unit, vacancy
from services.org.domain.code import Code
from services.org.domain.dependants import Dependants
from services.org.domain.document import Document
from services.org.domain.grant import Account, Delegation, Grant
from services.org.domain.imports import ImportBatch
from services.org.domain.opening import Opening, OpeningTerm
from services.org.domain.organisation import Organisation, Proposal
from services.org.domain.reelection import Reelection
from services.org.domain.rule import Rule
from services.org.domain.term import Term
from services.org.domain.unit import EligibleUnit
from services.org.domain.vacancy import Vacancy

__all__ = ["Opening", "OpeningTerm", "Org", "Proposal"]


class Org(Units, UnitImports, Terms, Reelections, Vacancies, Documents, RuleTable, Grants):
    name = "org"
    evolve: ClassVar = {
        EligibleUnit: unit.evolve, Organisation: organisation.evolve, Dependants: dependants.evolve, Code: code.evolve, Term: term.evolve,
        Reelection: reelection.evolve, Vacancy: vacancy.evolve, Document: document.evolve, Rule: rule.evolve, Grant: grant.evolve,
        Delegation: grant.evolve_delegation, Account: grant.evolve_account, ImportBatch: imports.evolve}
