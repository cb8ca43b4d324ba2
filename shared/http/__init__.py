"""The HTTP edge: `service` makes a service's app; `Cmd`, `Query`, `Body`, `the_store` are what its routes use."""

from shared.http.app import service
from shared.http.command import Body, Cmd, Command, Query, Reading, Uploader, found, the_store
from shared.http.problems import Forbidden, NotFound, Problem
from shared.http.upload import Upload
from shared.http.who import Actor, Who

__all__ = [
    "Actor",
    "Body",
    "Cmd",
    "Command",
    "Forbidden",
    "NotFound",
    "Problem",
    "Query",
    "Reading",
    "Upload",
    "Uploader",
    "Who",
    "found",
    "service",
    "the_store",
]
