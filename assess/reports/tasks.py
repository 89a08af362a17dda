"""The task of the background worker (`manage.py db_worker`). Modules of tasks are named so for django-tasks."""

from django_tasks import task


@task()
def render_reports() -> int:
    """Render the reports that wait. The queue is in their own rows, so one task too many does no harm."""
    from assess.reports.queue import render_queued_reports

    return render_queued_reports()
