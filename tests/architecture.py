"""The house rules as code: who may import whom, the six rooms, sizes, names of facts, permissions of routes, and what no file may say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from shared.fact import Fact
from shared.permissions import TABLE

ROOT = Path(__file__).parent.parent
SERVICES = ("org", "cadre", "lecture", "hotline")
ROOMS = {"events", "domain", "application", "api", "policies", "main"}
FILES = sorted(f for folder in ("services", "shared", "deploy", "tests") for f in (ROOT / folder).rglob("*.py"))
# what each room may import of ours; {s} is the service itself. Third parties are listed where they are limited.
SEES = {
    "events": {"services.{s}.events", "shared.fact"},
    "domain": {"services.{s}.domain", "services.{s}.events", "shared.fact", "shared.calendar", "shared.words"},
    "application": {"services.{s}.application", "services.{s}.domain", "services.{s}.events", "shared.es", "shared.fact", "shared.calendar"},
    "api": {"services.{s}.api", "services.{s}.policies", "services.{s}.application", "services.{s}.domain", "services.{s}.events", "shared"},
    "policies": {"services.{s}.policies", "services.{s}.application", "services.{s}.domain", "services.{s}.events", "services.*.events", "shared"},
    "main": {"services.{s}", "shared"},
}
PURE = {"events": {"pydantic"}, "domain": set(), "application": set()}  # third parties allowed there
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {
    "shared/http/app.py::service": "the app factory with its lifespan inside: a table of what a service is made of",
    "shared/apart/xlsx.py::_handlers": "what runs for every cell of a sheet: two closures over one state, twice as fast as methods",
    "services/projection/views/appointments.py::timeline": "one pass over an appointment's facts, one case a fact",
}


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path, top: bool = False) -> Iterator[str]:
    """Modules imported; with `top`, only those needed to load the file."""
    for node in tree(file).body if top else ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for a in node.names:
                inner = f"{node.module}.{a.name}"
                yield inner if is_module(inner) else node.module


@cache
def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def room_files() -> list[tuple[str, str, Path]]:
    return [
        (s, f.relative_to(ROOT / "services" / s).parts[0].removesuffix(".py"), f) for s in SERVICES for f in (ROOT / "services" / s).rglob("*.py")
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_six_rooms_and_nothing_else(service):
    there = {p.name.removesuffix(".py") for p in (ROOT / "services" / service).iterdir()} - {"__init__", "__pycache__", "data"}
    assert there == ROOMS


def test_every_room_imports_only_what_it_may():
    wrong = []
    for service, room, file in room_files():
        if room not in SEES:
            continue
        allowed = {a.format(s=service) for a in SEES[room]}
        for name in imports(file):
            ours = name.split(".")[0] in ("services", "shared", "deploy", "tests")
            if ours and not any(re.match(a.replace(".", r"\.").replace("*", r"\w+") + r"(\.|$)", name) for a in allowed):
                wrong.append(f"{file.relative_to(ROOT)} imports {name}")
            if not ours and room in PURE and name.split(".")[0] not in PURE[room] | STANDARD:
                wrong.append(f"{file.relative_to(ROOT)} imports {name}")
    assert not wrong


STANDARD = {
    "__future__",
    "collections",
    "contextlib",
    "contextvars",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "itertools",
} | {"math", "operator", "re", "types", "typing", "uuid"}


def test_shared_knows_no_service_and_services_meet_only_through_events():
    wrong = [
        f"{f.relative_to(ROOT)} imports {name}"
        for f in FILES
        for name in imports(f)
        if (f.is_relative_to(ROOT / "shared") and name.startswith("services."))
        or (f.is_relative_to(ROOT / "services") and name.startswith(("deploy", "tests")))
        or (f.is_relative_to(ROOT / "services" / "projection") and re.match(rf"services\.({'|'.join(SERVICES)})\.(?!events)", name))
    ]
    assert not wrong


def test_only_the_store_and_its_recorders_import_eventsourcing():
    users = {f.relative_to(ROOT).as_posix() for f in FILES if any(n.startswith("eventsourcing") for n in imports(f))}
    allowed = {"shared/es.py", "shared/log.py", "shared/envelope.py", "shared/postgres.py", "shared/sqlite.py"}
    assert {u for u in users if not u.startswith("tests/")} <= allowed


def test_no_module_needs_itself_to_load():
    graph = {name_of(f): {n for n in imports(f, top=True) if is_module(n)} - {name_of(f)} for f in FILES if f.name != "__init__.py"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail(" -> ".join(cycle.args[1]))


def test_files_and_functions_are_short_unless_a_reason_is_given():
    wrong = []
    for file in (f for f in FILES if not f.is_relative_to(ROOT / "tests")):
        path = file.relative_to(ROOT).as_posix()
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE and path not in LONGER_FILES:
            wrong.append(f"{path} has {lines} lines")
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION and f"{path}::{node.name}" not in LONGER_FUNCTIONS:
                    wrong.append(f"{path}::{node.name} has {length} lines")
    assert not wrong


def test_every_exception_is_still_needed():
    sizes = {f.relative_to(ROOT).as_posix(): len(f.read_text(encoding="utf-8").splitlines()) for f in FILES}
    assert not [path for path in LONGER_FILES if sizes.get(path, 0) <= LONGEST_FILE]
    assert not [name for name in LONGER_FUNCTIONS if name.partition("::")[0] not in sizes]


def test_every_module_says_in_one_sentence_what_it_is_for():
    silent = [f.relative_to(ROOT).as_posix() for f in FILES if f.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(f))]
    assert not silent


def test_every_fact_is_named_after_its_service_and_its_class():
    for service in SERVICES:
        import_module(f"services.{service}.events")
    ours = [fact for fact in Fact.registry.values() if fact.__module__.startswith("services.")]
    assert len(ours) > 60
    assert not [f.NAME for f in ours if f"{f.__module__.split('.')[1]}.{f.__name__}" != f.NAME or not f.OF]


def routes() -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    found = []
    for file in FILES:
        if re.match(r"services/\w+/api", file.relative_to(ROOT).as_posix()):
            for node in ast.walk(tree(file)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any("router." in ast.unparse(d) for d in node.decorator_list):
                    found.append((file, node))
    return found


def test_every_route_names_a_permission():
    """In its own body, or in a function or class of its room that it uses."""
    found = routes()
    rooms = {file: file.parent if file.parent.name == "api" else file for file, _ in found}
    known = {room: definitions(room) for room in set(rooms.values())}
    unguarded = [f"{f.relative_to(ROOT)}::{route.name}" for f, route in found if not named(route, known[rooms[f]], set()) & set(TABLE)]
    assert len(found) > 60 and not unguarded


def definitions(room: Path) -> dict[str, ast.AST]:
    return {d.name: d for f in (room.rglob("*.py") if room.is_dir() else [room]) for d in ast.walk(tree(f)) if isinstance(d, DEFINITIONS)}


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def named(node: ast.AST, known: dict[str, ast.AST], seen: set[str]) -> set[str]:
    """String constants in a definition and in those it uses."""
    found, names = said(node)
    for name in names & known.keys() - seen:
        seen.add(name)
        found = found | named(known[name], known, seen)
    return found


@cache
def said(node: ast.AST) -> tuple[set[str], set[str]]:
    """String constants and names."""
    inside = list(ast.walk(node))
    names = {n.id for n in inside if isinstance(n, ast.Name)} | {n.attr for n in inside if isinstance(n, ast.Attribute)}
    return {n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str)}, names


# written so that this file does not find itself
FORBIDDEN = [
    re.compile(p)
    for p in (r"p[y]pi\.org", r"python[h]osted", r"n[p]mjs", r"regis[t]ry\.[\w-]+\.\w", r"(?<![\w./])/(?:wor[k]|roo[t]|hom[e])/", r"index-ur[l]")
]


def test_no_file_names_a_registry_or_a_machines_path():
    kinds = (".py", ".md", ".toml", ".lock", ".yml", ".yaml", ".json", ".sql", ".conf", ".html", ".css")
    places = [p for p in ROOT.iterdir() if p.name not in (".git", ".venv", "data") and not p.name.endswith("_cache")]
    files = [
        f for p in places for f in ([p] if p.is_file() else p.rglob("*")) if f.is_file() and (f.suffix in kinds or f.name in ("Makefile", "run"))
    ]
    wrong = [
        f"{f.relative_to(ROOT)}: {found[0]}" for f in files for p in FORBIDDEN if (found := p.search(f.read_text(encoding="utf-8", errors="replace")))
    ]
    assert len(files) > 100 and not wrong


def test_locks_pin_everything_with_hashes_and_no_host():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        packages = re.findall(r"^[\w.\-\[\],]+==", text, re.M)
        assert packages and text.count("--hash=sha256:") >= len(packages) and "://" not in text


def test_compose_and_kubernetes_name_every_service():
    names = {*SERVICES, "projection", "console", "keys"}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert names <= set(compose["services"])
    base = ROOT / "k8s" / "base"
    listed = yaml.safe_load((base / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    things = [thing for f in listed for thing in yaml.safe_load_all((base / f).read_text(encoding="utf-8"))]
    assert names == {t["metadata"]["name"] for t in things if t["kind"] == "Deployment"}
    assert names == {t["metadata"]["name"] for t in things if t["kind"] == "Service"}
