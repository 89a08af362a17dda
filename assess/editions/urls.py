"""The addresses of questionnaires for administrators."""

from django.urls import path

from assess.editions import views

urlpatterns = [
    path("", views.list_editions, name="editions"),
    path("import/<int:workspace_id>/", views.import_edition, name="edition-import"),
    path("import/<int:workspace_id>/check/<int:run_id>/", views.check_edition, name="edition-check"),
    path("import/<int:workspace_id>/confirm/", views.confirm_edition, name="edition-confirm"),
    path("<int:edition_id>/", views.show_edition, name="edition"),
    path("<int:edition_id>/preview/", views.preview_edition, name="edition-preview"),
    path("<int:edition_id>/file/", views.download_edition, name="edition-export"),
    path("<int:edition_id>/publish/", views.publish_edition, name="edition-publish"),
    path("<int:edition_id>/retire/", views.retire_edition, name="edition-retire"),
    path("<int:edition_id>/texts/", views.download_texts, name="edition-texts"),
    path("<int:edition_id>/translations/import/", views.import_translation, name="translation-import"),
    path("<int:edition_id>/translations/import/confirm/", views.confirm_translation, name="translation-confirm"),
    path("<int:edition_id>/translations/<slug:language>/file/", views.download_translation, name="translation-export"),
    path("<int:edition_id>/translations/<slug:language>/remove/", views.remove_translation, name="translation-remove"),
]
