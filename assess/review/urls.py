"""The addresses of review: one page, and what is posted from it."""

from django.urls import path

from assess.review import views

urlpatterns = [
    path("<int:assessment_id>/decision/", views.decision, name="assessment-decision"),
    path("<int:assessment_id>/decision/take-up/", views.take_up, name="decision-take-up"),
    path("<int:assessment_id>/decision/sign/", views.sign, name="decision-sign"),
    path("<int:assessment_id>/decision/withdraw/", views.withdraw, name="decision-withdraw"),
    path("<int:assessment_id>/decision/challenge/", views.challenge, name="decision-challenge"),
    path("<int:assessment_id>/decision/answer/", views.answer_challenge, name="decision-answer"),
    path("<int:assessment_id>/decision/comments/", views.comment, name="decision-comment"),
    path("<int:assessment_id>/decision/comments/<int:comment_id>/settle/", views.settle, name="decision-settle"),
    path("<int:assessment_id>/decision/conditions/<int:condition_id>/met/", views.meet, name="decision-meet"),
]
