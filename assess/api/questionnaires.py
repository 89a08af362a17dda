"""Questionnaires: list them, and read each as the YAML that was imported."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from ninja import Query, Router

from assess.api.access import current_user
from assess.api.openapi import operation_docs, response_models
from assess.api.paging import read_page_by_id
from assess.api.schemas import EditionOut, EditionPage, Id, PageById
from assess.assessments.facade import Edition
from assess.people.facade import User, workspaces_as_administrator

router = Router(tags=["questionnaires"])

YAML = "application/yaml"


@router.get(
    "/questionnaires",
    url_name="api-questionnaires",
    operation_id="listQuestionnaires",
    summary="Questionnaires of your workspaces and those that came with the site",
    description="Drafts only for those who administer their workspace.",
    response=response_models(_200=EditionPage),
    openapi_extra=operation_docs(),
)
def questionnaires(request: HttpRequest, page: Query[PageById]) -> EditionPage:
    rows, following = read_page_by_id(
        visible_editions(current_user(request)).defer("content").select_related("workspace"), page
    )
    return EditionPage(items=[EditionOut.model_validate(build_edition(edition)) for edition in rows], next=following)


@router.get(
    "/questionnaires/{int:questionnaire_id}",
    url_name="api-questionnaire",
    operation_id="readQuestionnaire",
    summary="One questionnaire, byte for byte as it was imported",
    response=response_models(_200=None),
    openapi_extra=operation_docs(media={YAML: {"schema": {"type": "object"}}}),
)
def questionnaire(request: HttpRequest, questionnaire_id: Id) -> HttpResponse:
    edition = get_object_or_404(visible_editions(current_user(request)), pk=questionnaire_id)
    response = HttpResponse(bytes(edition.content), content_type=YAML)
    name = f"{edition.slug}-{edition.version}.yaml"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def visible_editions(user: User) -> "QuerySet[Edition]":
    """Published editions that the user may see; drafts too for administrators."""
    published = Q(published_at__isnull=False)
    return Edition.objects.visible_to(user).filter(published | Q(workspace__in=workspaces_as_administrator(user)))


def build_edition(edition: Edition) -> dict[str, object]:
    workspace = edition.workspace
    return {
        "id": edition.pk,
        "slug": edition.slug,
        "version": edition.version,
        "title": edition.title,
        "workspace": {"id": workspace.pk, "name": workspace.name} if workspace else None,
        "state": edition.state,
        "sha256": edition.sha256,
    }
