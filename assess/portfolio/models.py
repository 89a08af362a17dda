"""Views of the portfolio that people save."""

from django.db import models
from django.utils import timezone

from assess.people.facade import User, Workspace


class SavedView(models.Model):
    """A filter of a workspace's portfolio that one person keeps under a name. `query` is its part of an address."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=1_000)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "workspace", "name"), name="saved_view_name_once"),)

    def __str__(self) -> str:
        return self.name
