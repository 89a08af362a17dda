"""A kept form finds its form on the page."""

from assess.web.form_filling import fill_form


def test_a_form_that_leads_to_a_place_on_its_page_is_filled_in() -> None:
    """The server that kept it never saw what follows the number sign."""
    html = '<form method="post" action="/outcome/#after-6"><input name="lesson"></form>'
    filled = fill_form(html, page="/outcome/", action="/outcome/", fields=[("lesson", "Start small")], kept_form="k")
    assert filled is not None
    assert 'value="Start small"' in filled[0]
