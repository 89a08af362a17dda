/* Saves each answer as it is given; docs/saving.md has the protocol. "Saved" shows what is acknowledged. */
const $ = (id) => document.getElementById(id);
const form = $("answers"), pill = $("pill"), offline = $("offline"), signIn = $("sign-in"), trouble = $("trouble");
const { save, user, assessment, page, ...say } = form.dataset, token = form.elements.csrfmiddlewaretoken;
const SIDES = ["who_knows", "reason", "note", "basis", "link"];
const store = `splitcheck:${user}:${assessment}`;
const cards = new Map([...form.querySelectorAll("[data-card]")].map((box) => [box.dataset.card, box]));
/* By question, what is not acknowledged: `sent` goes out again and again until its fate is known; `next` was given since;
   `stop`: waits for the person. */
const unsaved = new Map();
let savedAt = "", leaving = false, fails = 0, tries = 0, count = 0, timer, pressed;

const fill = (words, value) => words.replace(/{\w+}/, () => value);
const field = (key, name) => form.elements[`${key}-${name}`];
const inputs = (key) => [...cards.get(key).querySelectorAll(`[name="${key}"]`)];
const slot = (key) => cards.get(key)?.querySelector("[data-slot]");
const on = (target, names, run) => names.split(" ").forEach((name) => target.addEventListener(name, run));
const stopped = (all) => [...unsaved].filter(([key, { stop }]) => stop && (all || cards.has(key))).length;
const isText = (input) => /text|url/.test(input.type);
const stuck = () => !trouble.hidden || !signIn.hidden;
const keyOf = (target) => target.closest("[data-card]")?.dataset.card;

function read(key) {
  const given = inputs(key).filter((input) => isText(input) ? input.value.trim() : input.checked);
  const said = { texts: given.map(({ value }) => value) };
  for (const name of SIDES) said[name] = field(key, name).value;
  return said;
}

function write(key, said) {
  for (const input of inputs(key)) {
    if (isText(input)) input.value = said.texts.find((text) => text[0] !== "-") || "";
    else input.checked = said.texts.includes(input.value);
  }
  for (const name of SIDES) field(key, name).value = said[name];
}

function inWords(key, { texts, note }) {
  const label = (text) => inputs(key).find((input) => input.value === text)?.nextElementSibling.querySelector(".option-label");
  const words = texts.map((text) => label(text)?.textContent || text);
  return (words.join(", ") || say.none) + (note && ` (${note})`);
}

function keep() {
  const kept = [...unsaved].map(([key, { sent, next, stop }]) => [key, { sent, next, stop }]);
  try { sessionStorage.setItem(store, JSON.stringify(kept)); } catch { /* none: the page still has it */ }
  show();
}

function changed(key, delay) {
  const entry = unsaved.get(key) || {}, base = entry.next ? entry.next.base : +field(key, "base_version").value;
  const id = page.slice(0, 24) + (Date.now() * 16 + count++ % 16).toString(16).slice(-12);
  entry.next = { said: read(key), base, id };
  unsaved.set(key, entry);
  pressed = null;
  clearTimeout(entry.timer);
  if (entry.present) showConflict(key);
  else {
    slot(key).textContent = "";
    entry.stop = false;
    entry.timer = setTimeout(send, delay, key);
  }
  keep();
}

function post(key, { said, base, id }) {
  const body = new URLSearchParams({ question: key, mutation_id: id, base_version: base, value: "" });
  for (const text of said.texts) if (text[0] === "-") body.set(text.slice(1), "true"); else body.append("value", text);
  for (const name of SIDES) body.set(name, said[name]);
  const request = { method: "POST", headers: { "X-CSRFToken": token.value, Accept: "application/json" }, body };
  return fetch(save, { ...request, keepalive: true }).catch(() => fetch(save, request)); /* keepalive ends at 64 KB */
}

async function send(key) {
  const entry = unsaved.get(key);
  if (!entry || entry.busy || entry.stop || stuck()) return;
  if (!entry.sent) [entry.sent, entry.next] = [entry.next, null];
  entry.busy = true;
  keep();
  let status = 0, told = {};
  try {
    const response = await post(key, entry.sent);
    status = response.status;
    told = await response.json();
  } catch { /* lost on the way */ }
  entry.busy = false;
  settle(key, entry, status, told);
  keep();
}

function settle(key, entry, status, told) {
  const { sent, next } = entry, { present, problem } = told;
  if (status && status < 500) fails = 0;
  if (told.saved) {
    tries = 0;
    entry.sent = null;
    taken(key, told);
    if (!next) return;
    next.base = told.version;
    unsaved.set(key, entry);
    send(key);
  } else if (present) {
    entry.sent = null;
    entry.next = next || sent;
    entry.present = present;
    if (["texts", ...SIDES].every((name) => `${entry.next.said[name]}` === `${present[name]}`)) taken(key, present);
    else showConflict(key);
  } else if (status === 400) {
    entry.sent = null;
    entry.next = next ? { ...next, base: sent.base } : sent;
    entry.stop = !next;
    if (next) send(key);
    else slot(key)?.append(fill(say.refused, problem));
  } else if (status > 400 && status < 404) renew(problem);
  else if (status > 403 && status < 429) close(problem);
  else {
    fails += 1;
    clearTimeout(timer);
    timer = setTimeout(sendAll, Math.min(30000, 500 * 2 ** fails));
  }
}

function taken(key, { version, at_words }) {
  unsaved.delete(key);
  savedAt = at_words;
  if (cards.has(key)) field(key, "base_version").value = version;
}

const sendAll = () => [...unsaved.keys()].forEach(send);

function flush() { /* the version after a save under way is foretold */
  for (const [key, { busy, sent, next }] of unsaved) {
    if (busy && next) post(key, { ...next, base: sent.base + 1 }).catch(() => {});
    else send(key);
  }
}

function close(problem) {
  trouble.textContent = fill(say.ended, problem);
  trouble.hidden = false;
}

async function renew(refusal) { /* is the page to be had, with a new token? */
  const html = await fetch(location.pathname).then((response) => response.text(), () => "");
  const there = new DOMParser().parseFromString(html, "text/html").getElementById("answers");
  if (there?.dataset.user !== user) signIn.hidden = false;
  else if (tries++ > 2) close(refusal);
  else {
    token.value = there.elements.csrfmiddlewaretoken.value;
    signIn.hidden = true;
    sendAll();
  }
  show();
}

function show() {
  const [state, words] = stuck() ? ["waiting", say.stuck]
    : stopped() ? ["waiting", say.look]
      : unsaved.size > stopped(1) ? fails ? ["waiting", say.again] : ["saving", say.saving]
        : savedAt ? ["saved", fill(say.saved, savedAt)] : ["", say.ready];
  pill.dataset.state = state;
  if (pill.textContent !== words) pill.textContent = words;
  offline.hidden = navigator.onLine;
  if (pressed && !stuck() && stopped(1) === unsaved.size) leave();
}

function showConflict(key) {
  const entry = unsaved.get(key), { present } = entry, place = slot(key);
  entry.stop = true;
  if (!place) return; /* until its section is opened */
  cards.get(key).querySelector("[data-conflict]")?.remove();
  place.replaceChildren($("conflict").content.cloneNode(true));
  const words = { by: present.by, at: present.at_words, theirs: inWords(key, present), mine: inWords(key, entry.next.said) };
  for (const name in words) place.querySelector(`[data-${name}]`).textContent = words[name];
  place.onclick = ({ target }) => {
    if (target.type !== "button") return;
    entry.stop = entry.present = place.onclick = null;
    entry.next.base = present.version;
    if ("keep" in target.dataset) send(key);
    else {
      taken(key, present);
      write(key, present);
      conditions();
    }
    place.replaceChildren();
    (inputs(key).find((input) => input.checked) || inputs(key)[0]).focus();
    keep();
  };
}

function conditions() {
  for (const box of form.querySelectorAll("[data-when]")) {
    const [key, values] = box.dataset.when.split(":"), other = cards.get(key);
    if (other) box.hidden = other.hidden || !values.split(" ").some((value) => read(key).texts.includes(value));
  }
}

on(form, "input", ({ target }) => {
  const key = keyOf(target);
  if (target.name === key && (isText(target) || target.checked)) {
    for (const input of inputs(key)) {
      if (input === target || !("alone" in { ...target.dataset, ...input.dataset })) continue;
      if (isText(input)) input.value = "";
      else input.checked = false;
    }
  }
  conditions();
  changed(key, isText(target) ? 700 : 0);
});
on(form, "change", ({ target }) => send(keyOf(target)));

on(document, "keydown", (event) => {
  const { key, target, altKey } = event, control = event.ctrlKey || event.metaKey;
  if (control && key === "Enter") form.requestSubmit(form.querySelector(".save-bar button"));
  else if (/^[1-9]$/.test(key) && target.type === "radio" && !control && !altKey) {
    form.querySelectorAll(`[name="${target.name}"]`)[key - 1]?.click();
  } else return;
  event.preventDefault();
});

on(form, "submit", (event) => {
  if (!unsaved.size || leaving) return;
  event.preventDefault();
  for (const entry of unsaved.values()) entry.stop = !!entry.present;
  pressed = event.submitter;
  sendAll();
  show();
});

function leave() { /* saved, or refused: the next page says what to do */
  const conflict = form.querySelector(".conflict :is(button, input)"), button = pressed;
  pressed = null;
  if (conflict) return conflict.focus();
  leaving = true;
  for (const key of cards.keys()) unsaved.delete(key);
  keep();
  form.requestSubmit(button);
}

function again() {
  leaving = false;
  fails = 0;
  if (signIn.hidden) sendAll(); else renew();
  show();
}
on(window, "pageshow online offline focus", again);
on(window, "pagehide", flush);
on(document, "visibilitychange", () => document.hidden ? flush() : again());
on(window, "beforeunload", (event) => {
  if (!leaving && unsaved.size && (stopped() || stuck() || fails)) event.preventDefault();
});

/* From before; stops wait for their section. */
for (const [key, entry] of JSON.parse(sessionStorage.getItem(store)) || []) {
  unsaved.set(key, entry);
  if (cards.has(key)) entry.stop = write(key, (entry.next || entry.sent).said);
}
for (const [key, box] of cards) if ("unsaved" in box.dataset && !unsaved.has(key)) changed(key, 0);
conditions();
again();
pill.hidden = false;
