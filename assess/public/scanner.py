"""The page "Scan your code": the scanner to download as one file, and the schema of what it writes."""

import hashlib
import json
from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from assess.evidence.facade import SCHEMA, build_single_file
from assess.people.facade import open_to_all
from assess.public.page_cache import cached_for_visitors
from assess.web.facade import absolute_url


@cache
def scanner_file() -> bytes:
    """The scanner as one file, put together once a process. A tenth of a second the first time."""
    modules = [each for each in files("assess.evidence.scanner").iterdir() if each.name.endswith(".py")]
    sources = {each.name.removesuffix(".py"): each.read_text("utf-8") for each in modules}
    sources.pop("__init__")
    return build_single_file(sources).encode()


@cache
def scanner_hash() -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(scanner_file()).hexdigest()


@cache
def schema_file() -> bytes:
    return (json.dumps(SCHEMA, indent=2) + "\n").encode()


@open_to_all(reason="says what the scanner does, to whoever may have to allow it")
@require_safe
@cached_for_visitors
def show_scanner(request: HttpRequest) -> HttpResponse:
    context = {
        "hash": scanner_hash(),
        "kilobytes": round(len(scanner_file()) / 1000),
        "address": absolute_url("/evidence/scan_repo.py"),
    }
    return render(request, "public/scanner.html", context)


@open_to_all(reason="the scanner runs where the code is, without an account")
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=lambda request: f'"{scanner_hash()}"')
def download_scanner(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="scan_repo.py"'}
    return HttpResponse(scanner_file(), content_type="text/x-python; charset=utf-8", headers=headers)


@open_to_all(reason="a contract that others' programs check their files against")
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=lambda request: f'"{hashlib.sha256(schema_file()).hexdigest()}"')
def download_schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(schema_file(), content_type="application/schema+json")
