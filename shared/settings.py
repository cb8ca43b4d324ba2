"""Configuration from the environment (`HALFSKY_…`), read once per process."""
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["SERVICES", "Settings", "settings"]

SERVICES = ("org", "cadre", "lecture", "hotline")  # those with a log


class Settings(BaseSettings):
    """`database` is a PostgreSQL URL with `{name}` where the database's name goes (`org`, `cadre-views`, …); None: SQLite files under `data`."""

    model_config = SettingsConfigDict(env_prefix="HALFSKY_", frozen=True)
    mode: Literal["dev", "prod"] = "prod"
    region: str = "36"
    service: str = ""
    data: Path = Path("data")
    database: str | None = None
    host: str = "127.0.0.1"
    console_port: int = 8000
    org_port: int = 8001
    cadre_port: int = 8002
    lecture_port: int = 8003
    hotline_port: int = 8004
    projection_port: int = 8005
    issuer_port: int = 8006
    keys_port: int = 8007
    nats_port: int = 4222
    nats_monitor_port: int = 8222
    nats_url: str = ""
    nats_profile: Literal["embedded", "province"] = "embedded"  # which of the committed stream configurations a missing stream is made from
    oidc_issuer: str = ""
    oidc_audience: str = "halfsky"
    oidc_typ: str = "at+jwt"
    first_admin: str = ""  # <iss>|<sub>
    client_id: str = ""
    client_secret: str = Field("", repr=False)
    fingerprint_key: str = Field("", repr=False)  # keys the fingerprints of commands; required in production
    map: str = ""  # the approval number (审图号) of the county map, printed beside it; without one there is no map
    clock_offset: float = 0.0  # seconds, dev mode only

    def port(self, name: str) -> int:
        return int(getattr(self, f"{name}_port"))

    def url(self, name: str) -> str:
        """Base URL of a service, the issuer or the key process: `HALFSKY_<NAME>_URL` in production, loopback otherwise."""
        import os

        return os.environ.get(f"HALFSKY_{name.upper()}_URL") or f"http://{self.host}:{self.port(name)}"

    @property
    def nats(self) -> str:
        return self.nats_url or f"nats://{self.host}:{self.nats_port}"

    @property
    def issuer(self) -> str:
        return self.oidc_issuer or self.url("issuer")

    def dsn(self, name: str) -> str:
        """Where the database `name` is: `postgresql://…` or `sqlite:///<file>`."""
        return self.database.format(name=name) if self.database else f"sqlite:///{self.data / name}.db"


@cache
def settings() -> Settings:
    return Settings()
