"""`halfsky`: one command line for running, loading, watching and repairing; each command is a few lines over what the services use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

# everything else is imported where it is used: `halfsky --help` must not load a database driver

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="半边天 HalfSky")
divisions = typer.Typer(no_args_is_help=True, help="行政区划 · administrative divisions")
parked = typer.Typer(no_args_is_help=True, help="搁置的事件 · events set aside")
app.add_typer(divisions, name="divisions")
app.add_typer(parked, name="parked")

Json = Annotated[bool, typer.Option("--json", help="for scripts")]
Service = Annotated[str, typer.Option(help="org, cadre, lecture, hotline or projection")]
main = app


@app.callback()
def here() -> None:
    """半边天 HalfSky."""
    import os

    os.environ.setdefault("HALFSKY_MODE", "dev")  # on somebody's own machine; the image and the manifests say prod


@app.command()
def up(province: Annotated[bool, typer.Option(help="load all of Jiangxi instead of one county")] = False, county: str = "360121") -> None:
    """启动全部服务 · run everything on this machine until Ctrl-C."""
    from deploy.up import up

    up(province, county)


@app.command()
def token(account: str) -> None:
    """演示账号的令牌 · a bearer token of a demo account, under `halfsky up` only."""
    print(token_of(account))


def token_of(account: str) -> str:
    """From the development issuer; `HALFSKY_TOKEN`, where it is set, goes before."""
    import os

    import httpx

    from shared.settings import settings

    if given := os.environ.get("HALFSKY_TOKEN"):
        return given
    try:
        answer = httpx.post(f"{settings().issuer}/demo/{account}", timeout=5)
    except httpx.HTTPError:
        stop("登录服务没有运行，请先 make run。The development issuer is not running: `make run` starts it.")
    if answer.status_code != 200:
        stop(answer.json().get("detail", answer.text))
    return str(answer.json()["access_token"])


@app.command()
def seed(province: str = "36", county: str = "") -> None:
    """载入示例数据 · load made-up people into a province or one county; what is there already stays as it is."""
    from deploy.seed.load import load

    load(county or province)


@divisions.command("import")
def import_divisions(file: Path, under: Annotated[str, typer.Option(help="only codes that begin so")] = "",
                     organised: Annotated[bool, typer.Option("--organised", help="make their federations too, not the units alone")] = False,
                     since: Annotated[str, typer.Option(help="the day of listing, as 2026-01-31; today when not said")] = "") -> None:
    """导入区划 · list the divisions of a CSV(.gz) or of china-division's data.sqlite as eligible units (应建单位)."""
    from datetime import date

    from deploy.seed.units import import_divisions

    try:
        import_divisions(file, under, organised, date.fromisoformat(since) if since else None)
    except (ValueError, OSError) as wrong:
        stop(str(wrong))


@app.command("import")
def import_workbook(kind: str, file: Path, area: str, account: str = "county", dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
                    good: Annotated[bool, typer.Option("--good", help="write the good rows only")] = False, authority: str = "",
                    decided_on: str = "", approver: Annotated[str, typer.Option(help="who commits a roster: not who sends it")] = "",
                    document: Annotated[list[str] | None, typer.Option(help="id of the paper that approves a roster")] = None,
                    as_json: Json = False) -> None:
    """导入表格 · take in a workbook: KIND is roster, opening, profiles, organisations or units, AREA an organisation's id or division code."""
    import httpx

    from shared.imports.client import ImportFailed, send
    from shared.settings import settings

    def told(found: dict[str, Any]) -> None:
        typer.echo(f"{found['state']} {found['done']}/{found['total']}", err=True)

    try:
        tokens = token_of(account), token_of(approver or account)
        found = send(settings(), tokens, kind, file, area, not dry_run, "good" if good else "all", told, document or [],
                     authority=authority, decided_on=decided_on)
    except (ImportFailed, httpx.HTTPError, OSError) as wrong:
        stop(str(wrong))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for p in found["problems"]:
            print(f"{p['level']} {p['code']} {p['title']} ×{p['count']} {' '.join(p['rows'][:5])}：{p['message']['zh-CN']}")
        print(f"{found['state']} {found['counts']}" + (f" {found['fault']['message']['zh-CN']}" if found["fault"] else ""))
    raise typer.Exit(found["state"] != ("checked" if dry_run else "committed"))


@app.command()
def lag(as_json: Json = False) -> None:
    """各服务进度 · how far every log, relay and feed is. Exit status 1 when a service does not answer."""
    from shared.operate import lag

    rows = lag()
    show(rows, as_json)
    raise typer.Exit(any(row.get("state") == "down" for row in rows))


@parked.command("list")
def parked_list(as_json: Json = False) -> None:
    """What is set aside, and why."""
    from shared.operate import parked

    show(parked(), as_json)


@parked.command()
def retry(service: str, source: str, stream: UUID) -> None:
    """Apply an aggregate's parked events now."""
    from shared.operate import release

    release(service, source, stream, skip=False)


@parked.command()
def skip(service: str, source: str, stream: UUID) -> None:
    """Give up an aggregate's first parked event, for good."""
    from shared.operate import release

    release(service, source, stream, skip=True)


@app.command()
def rebuild(view: str, service: Service = "projection") -> None:
    """重建读模型 · fold a view anew beside the live one and swap."""
    from shared.operate import views_of

    views = views_of(service)
    found = next((v for v in views.views if v.name == view), None) if views else None
    if not views or not found:
        stop(f"{service} has these views: {', '.join(v.name for v in views.views) if views else 'none'}")
    print(views.rebuild(found))


@app.command("drop-old-views")
def drop_old_views(service: Service = "projection") -> None:
    """删除旧版读模型 · drop the tables of earlier versions of the views, where the present ones are level; not while an old release still runs."""
    from shared.operate import views_of
    from shared.rebuild import drop_old

    views = views_of(service)
    print(" ".join(drop_old(views)) if views else "")


@app.command()
def recover(service: str, acknowledge: Annotated[str, typer.Option(help="why the log may go on differently")] = "") -> None:
    """恢复日志 · put what the stream has beyond a restored log back into the log."""
    from shared.fact import Refused
    from shared.operate import recover

    try:
        done = recover(service, acknowledge)
    except Refused as no:
        stop(f"{no.zh}\n{no.en}")
    print(f"restored {done.restored}, common {done.common}, lost {len(done.lost)}")


@app.command()
def verify(as_json: Json = False) -> None:
    """核验 · prove that streams equal logs and views equal what their events say. Exit status 1 when not."""
    from shared.operate import verify

    wrong = verify()
    show([{"wrong": w} for w in wrong], as_json)
    if not as_json and not wrong:
        print("一致 all equal")
    raise typer.Exit(bool(wrong))


@app.command()
def contracts() -> None:
    """写出契约 · write shared/contracts and docs/events.md from the code."""
    from deploy.contracts import write

    changed = write()
    print(f"{len(changed)} files written")


@app.command()
def bench() -> None:
    """测速 · measure the hot paths."""
    import runpy

    runpy.run_module("tests.bench", run_name="__main__")


def stop(why: str) -> NoReturn:
    """End with what is wrong and exit status 1."""
    typer.echo(why, err=True)
    raise typer.Exit(1)


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(*names, box=None)
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in names))
    Console().print(table)


if __name__ == "__main__":
    main()
