/* Saves each answer of a section page as it is given; the protocol is in docs/saving.md. "Saved" shows only what the
   server has acknowledged. Without this script the form's buttons save. A module: no names leak, nothing runs early. */
const $ = (id) => document.getElementById(id);
const form = $("answers"), pill = $("pill"), offline = $("offline");
const SIDES = ["who_knows", "reason", "note", "basis", "link"];
const store = `splitcheck:${form.dataset.user}:${form.dataset.assessment}`;
const cards = new Map([...form.querySelectorAll("[data-card]")].map((box) => [box.dataset.card, box]));
/* What is not acknowledged, by question. `sent` went out, its fate unknown: it goes out again, the same, until it is known.
   `next` was typed since. `stop` says why another try is pointless until the person does something. */
const unsaved = new Map();
let savedAt = "", signedOut = false, closed = false, failures = 0, renewals = 0, timer, leaving;

const field = (key, name) => form.elements[`${key}-${name}`];
const inputs = (key) => [...cards.get(key).querySelectorAll(`[name="${key}"]`)];
const entries = () => [...unsaved.values()];
const newId = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (digit ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> digit / 4).toString(16));

function read(key) { /* what the card would post */
  const texts = inputs(key).filter((input) => input.type === "text" ? input.value.trim() : input.checked)
    .map((input) => input.value);
  return { texts, ...Object.fromEntries(SIDES.map((name) => [name, field(key, name).value])) };
}

function write(key, said) {
  for (const input of inputs(key)) {
    if (input.type === "text") input.value = said.texts.find((text) => text[0] !== "-") || "";
    else input.checked = said.texts.includes(input.value);
  }
  for (const name of SIDES) field(key, name).value = said[name];
  showConditions();
}

function inWords(key, said) {
  const ticked = inputs(key).filter((input) => input.type !== "text" && said.texts.includes(input.value));
  const words = ticked.map((input) => input.closest("label").querySelector(".option-label").textContent);
  return `${words.join(", ") || said.texts.join(", ") || "No answer"}${said.note && ` (${said.note})`}`;
}

function keep() { /* over a reload */
  try {
    sessionStorage.setItem(store, JSON.stringify([...unsaved].map(([key, { sent, next }]) => [key, { sent, next }])));
  } catch { /* storage may be switched off; the page itself still holds everything */ }
  show();
}

function setVersion(key, version) { if (cards.has(key)) field(key, "base_version").value = version; }

function changed(key, delay) {
  const entry = unsaved.get(key) || {};
  const base = entry.next ? entry.next.base : +field(key, "base_version").value;
  entry.next = { said: read(key), base, id: newId() };
  unsaved.set(key, entry);
  clearTimeout(entry.timer);
  if (entry.present) showConflict(key);
  else {
    entry.stop = "";
    note(key);
    entry.timer = setTimeout(send, delay, key);
  }
  keep();
}

async function post(key, { said, base, id }) {
  const body = new URLSearchParams({ question: key, mutation_id: id, base_version: base });
  for (const text of said.texts.length ? said.texts : [""]) text[0] === "-" ? body.set(text.slice(1), "true") : body.append("value", text);
  for (const name of SIDES) body.set(name, said[name]);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" };
  const request = { method: "POST", headers, body };
  try {
    return await fetch(form.dataset.save, { ...request, keepalive: true });
  } catch { /* a browser keeps only 64 KB alive */
    return fetch(form.dataset.save, request);
  }
}

async function send(key) {
  const entry = unsaved.get(key);
  if (!entry || entry.busy || entry.stop || signedOut || closed) return;
  if (!entry.sent) [entry.sent, entry.next] = [entry.next, null];
  entry.busy = true;
  keep();
  let status = 0, told = {};
  try {
    const response = await post(key, entry.sent);
    status = response.status;
    told = await response.json();
  } catch { /* lost on the way, or no answer of ours */ }
  entry.busy = false;
  settle(key, entry, status, told);
  keep();
}

function settle(key, entry, status, told) {
  const { sent, next } = entry;
  if (status && status < 500 && status !== 429) { failures = 0; offline.hidden = true; }
  if (status === 200 && told.saved) {
    renewals = 0;
    savedAt = told.at_words;
    setVersion(key, told.version);
    entry.sent = null;
    if (next) { next.base = told.version; send(key); } else unsaved.delete(key);
  } else if (told.code === "stale" && told.present) {
    entry.next = next || sent;
    entry.sent = null;
    const { said } = entry.next;
    if (`${said.texts}` === `${told.present.texts}` && SIDES.every((name) => said[name] === told.present[name])) {
      setVersion(key, told.present.version);
      savedAt = told.present.at_words;
      unsaved.delete(key);
    } else {
      entry.present = told.present;
      entry.stop = "choose which answer to keep";
      showConflict(key);
    }
  } else if (status === 400) {
    entry.sent = null;
    entry.next = next ? { ...next, base: sent.base } : sent;
    if (next) send(key);
    else note(key, `Not saved yet: ${entry.stop = told.problem || "the site could not read this"}`);
  } else if (status === 401 || status === 403) renew(status === 403 && told.problem);
  else if (status === 404 || status === 409) close(told.problem);
  else {
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(sendAll, Math.min(30000, 500 * 2 ** failures));
  }
}

function sendAll() { for (const key of unsaved.keys()) send(key); }

function flush() { /* behind a save under way, the version after it is foretold */
  for (const [key, entry] of unsaved) {
    if (entry.busy && entry.next && !entry.stop) post(key, { ...entry.next, base: entry.sent.base + 1 }).catch(() => {});
    else send(key);
  }
}

function close(problem) {
  closed = true;
  notice(`${problem || "This assessment is no longer here."} What you typed stays on this page.`);
}

async function renew(refusal) { /* signed out, or a form grown old: can this page be had again, and with it a new token? */
  const page = await fetch(location.pathname).then((response) => response.text(), () => "");
  const there = new DOMParser().parseFromString(page, "text/html").getElementById("answers");
  if (there && there.dataset.user === form.dataset.user && renewals < 3) {
    renewals += 1;
    form.elements.csrfmiddlewaretoken.value = there.elements.csrfmiddlewaretoken.value;
    signedOut = false;
    $("sign-in")?.remove();
    sendAll();
  } else if (there && refusal) close(refusal);
  else if (!signedOut) {
    signedOut = true;
    form.before($("signed-out").content.cloneNode(true));
    $("sign-in").scrollIntoView({ block: "nearest" });
  }
  show();
}

function show() {
  const stopped = entries().find((entry) => entry.stop);
  const [state, words] = closed || signedOut ? ["waiting", "Not saved"]
    : stopped ? ["waiting", `Not saved yet: ${stopped.present ? stopped.stop : "an answer needs a look"}`]
      : unsaved.size ? failures ? ["waiting", "Not saved yet, trying again"] : ["saving", "Saving…"]
        : savedAt ? ["saved", `Saved ${savedAt}`] : ["idle", "Saved as you go"];
  pill.hidden = false;
  pill.dataset.state = state;
  if (pill.textContent !== words) pill.textContent = words;
}

function paragraph(className, words) {
  return Object.assign(document.createElement("p"), { className, textContent: words, role: "status" });
}
function note(key, words) {
  cards.get(key)?.querySelector("[data-slot]").replaceChildren(...(words ? [paragraph("hint", words)] : []));
}
function notice(words) { form.before(paragraph("notice", words)); }

function showConflict(key) {
  const entry = unsaved.get(key), { present } = entry, box = cards.get(key);
  if (!box) return; /* shown when its section is opened */
  box.querySelector("[data-conflict]")?.remove();
  note(key);
  const slot = box.querySelector("[data-slot]");
  slot.append($("conflict").content.cloneNode(true));
  const put = (name, words) => { slot.querySelector(`[data-${name}]`).textContent = words; };
  put("by", present.by);
  put("at", `(${present.at_words})`);
  put("theirs", present.words + (present.note && ` (${present.note})`));
  put("mine", inWords(key, entry.next.said));
  const decide = (name, after) => {
    slot.querySelector(`[data-${name}]`).onclick = () => {
      entry.stop = entry.present = "";
      setVersion(key, present.version);
      note(key);
      after();
      (inputs(key).find((input) => input.checked) || inputs(key)[0]).focus();
      keep();
    };
  };
  decide("keep", () => { entry.next.base = present.version; send(key); });
  decide("take", () => { unsaved.delete(key); write(key, present); savedAt = present.at_words; });
}

function showConditions() {
  for (const box of form.querySelectorAll("[data-when]")) {
    const [key, values] = box.dataset.when.split(":"), other = cards.get(key);
    if (other) box.hidden = other.hidden || !read(key).texts.some((text) => values.split(" ").includes(text));
  }
}

form.addEventListener("input", ({ target }) => {
  const key = target.closest("[data-card]")?.dataset.card;
  if (!key || target.closest("[data-conflict]")) return;
  const text = target.matches("textarea, [type=text], [type=url]");
  if (target.name === key) {
    const alone = "alone" in target.dataset;
    for (const input of text || target.checked ? inputs(key) : []) {
      if (input === target || input.type === "radio" || !alone && !("alone" in input.dataset)) continue;
      if (input.type === "text") input.value = "";
      else input.checked = false;
    }
    showConditions();
  }
  changed(key, text ? 700 : 0);
});
form.addEventListener("change", ({ target }) => send(target.closest("[data-card]")?.dataset.card));

form.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.altKey) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".save-bar button"));
  else if (target.type === "radio" && key > "0" && key <= "9" && !event.ctrlKey && !event.metaKey) {
    const chosen = form.querySelectorAll(`[type=radio][name="${target.name}"]`)[key - 1];
    chosen?.focus();
    chosen?.click();
  } else return;
  event.preventDefault();
});

form.addEventListener("submit", async (event) => {
  if (!unsaved.size || leaving) return;
  event.preventDefault();
  for (const entry of entries()) if (!entry.present) entry.stop = "";
  sendAll();
  const waits = () => entries().some((entry) => !entry.stop) && !failures && !signedOut && !closed;
  for (let tries = 0; waits() && tries < 300; tries += 1) await new Promise((done) => setTimeout(done, 30));
  const conflict = form.querySelector(".conflict :is(button, input)");
  if (conflict) conflict.focus();
  else if (entries().every((entry) => entry.stop) && !signedOut && !closed) {
    /* Saved, or refused by the site: then the page that follows shows what to do. */
    leaving = true;
    for (const key of cards.keys()) unsaved.delete(key);
    keep();
    form.requestSubmit(event.submitter);
  }
});

const lookAgain = () => { if (signedOut) renew(); };
addEventListener("focus", lookAgain);
addEventListener("pagehide", flush);
addEventListener("pageshow", () => { leaving = false; sendAll(); });
document.addEventListener("visibilitychange", () => document.hidden ? flush() : lookAgain());
addEventListener("online", () => { failures = 0; offline.hidden = true; sendAll(); });
addEventListener("offline", () => { offline.hidden = false; });
addEventListener("beforeunload", (event) => {
  if (!leaving && unsaved.size && (signedOut || failures || entries().some((entry) => entry.stop))) event.preventDefault();
});

/* What this tab could not save before, and what the form could not. */
try {
  for (const [key, entry] of JSON.parse(sessionStorage.getItem(store)) || []) {
    unsaved.set(key, entry);
    if (cards.has(key)) write(key, (entry.next || entry.sent).said);
  }
} catch { /* nothing was kept */ }
for (const [key, box] of cards) if ("unsaved" in box.dataset && !unsaved.has(key)) changed(key, 0);
offline.hidden = navigator.onLine;
showConditions();
sendAll();
show();
