"""Text that is two fifths longer, as in German or Finnish, breaks no page: each kind, in the made-up language."""

import pytest

from assess.people.models import User
from tests.browser.conftest import OpenPage
from tests.conftest import client_of
from tests.integration.test_pseudo_locale import pages_of
from tests.pseudo import LANGUAGE, load_demo

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: What sticks out: of the window, of a box that cuts it off, of a button, or of a drawing.
STICKS_OUT = """() => {
  const found = [];
  const said = (one) => `“${one.textContent.trim().slice(0, 50)}”`;
  const name = (one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") || ""} ${said(one)}`;
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window");
  for (const one of document.querySelectorAll("body *")) {
    // What somebody typed scrolls in its input.
    if (!one.getClientRects().length || one.closest("svg, .visually-hidden, input")) continue;
    const style = getComputedStyle(one), wider = one.scrollWidth > one.clientWidth + 1;
    const cuts = /hidden|clip/.test(style.overflowX) && one.clientWidth > 1 && style.textOverflow !== "ellipsis";
    if (wider && one.clientWidth && (cuts || one.matches("button, .button, summary"))) found.push(name(one));
  }
  for (const drawing of document.querySelectorAll("svg[viewBox]")) {
    // Letters drawn a few pixels high are measured in whole ones, hence some slack.
    const { x, width } = drawing.viewBox.baseVal, slack = width / 50;
    const texts = [...drawing.querySelectorAll("text")].map((text) => [text, text.getBBox()]);
    const tracks = [...drawing.querySelectorAll("rect.c-track")].map((track) => track.getBBox());
    const meet = (one, other) => one.x + slack < other.x + other.width && other.x + slack < one.x + one.width
      && one.y + 6 < other.y + other.height && other.y + 6 < one.y + one.height;
    texts.forEach(([text, box], place) => {
      if (box.x < x - slack || box.x + box.width > x + width + slack) found.push(`out of a drawing: ${name(text)}`);
      if (/c-name|c-value/.test(text.getAttribute("class")) && !text.textContent.match(/^[0-9]+$/)
          && tracks.some((track) => meet(box, track))) found.push(`over a bar: ${name(text)}`);
      for (const [other, its] of texts.slice(place + 1)) {
        if (meet(box, its)) found.push(`over another: ${name(text)} and ${name(other)}`);
      }
    });
  }
  return found;
}"""


@pytest.mark.parametrize("roles", [("architect", "respondent"), ("lead", "admin")])
def test_nothing_sticks_out_where_words_are_longer(
    roles: tuple[str, ...], pseudo_locale: str, open_page: OpenPage
) -> None:
    load_demo()
    found: dict[str, list[str]] = {}
    for role in roles:
        user = User.objects.get(email=f"{role}@demo.example")
        addresses = [address for address, _, _ in pages_of(client_of(user), each=1)]
        assert len(addresses) >= 5
        with open_page(user=user) as page:
            page.set_extra_http_headers({"Accept-Language": LANGUAGE})
            for address in addresses:
                page.goto(address)
                for width in (1280, 320):
                    page.set_viewport_size({"width": width, "height": 800})
                    if issues := page.evaluate(STICKS_OUT):
                        found[f"{role}: {address} {width}"] = issues
    assert found == {}, "\n".join(f"{where}: {'; '.join(each[:6])}" for where, each in found.items())
