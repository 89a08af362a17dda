"""The addresses of questionnaires for administrators."""

from django.urls import path

from assess.editions import translation_pages, views

urlpatterns = [
    path("", views.editions, name="editions"),
    path("import/<int:workspace_id>/", views.import_file, name="edition-import"),
    path("import/<int:workspace_id>/confirm/", views.confirm, name="edition-confirm"),
    path("<int:edition_id>/", views.edition, name="edition"),
    path("<int:edition_id>/preview/", views.preview, name="edition-preview"),
    path("<int:edition_id>/file/", views.export, name="edition-export"),
    path("<int:edition_id>/publish/", views.publish, name="edition-publish"),
    path("<int:edition_id>/retire/", views.retire, name="edition-retire"),
    path("<int:edition_id>/texts/", translation_pages.texts, name="edition-texts"),
    path("<int:edition_id>/translations/import/", translation_pages.import_file, name="translation-import"),
    path("<int:edition_id>/translations/import/confirm/", translation_pages.confirm, name="translation-confirm"),
    path("<int:edition_id>/translations/<slug:language>/file/", translation_pages.export, name="translation-export"),
    path("<int:edition_id>/translations/<slug:language>/remove/", translation_pages.remove, name="translation-remove"),
]
