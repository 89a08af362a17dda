/* Saves each answer as it is given, by the protocol of docs/saving.md. "Saved" shows what the server acknowledged. */
const byId = (id) => document.getElementById(id);
const form = byId("answers"), pill = byId("pill"), offline = byId("offline"), signIn = byId("sign-in"), trouble = byId("trouble");
const { save, user, assessment, page, ...phrases } = form.dataset, token = form.elements.csrfmiddlewaretoken;
const SIDE_FIELDS = ["who_knows", "reason", "note", "basis", "link"];
const store = `splitcheck:${user}:${assessment}`;
const cards = new Map([...form.querySelectorAll("[data-card]")].map((box) => [box.dataset.card, box]));
/* By question, what is not acknowledged: `sent` goes out again and again until its fate is known; `next` was given since;
   `stop`: waits for the person; `failures`: how often nobody of ours answered. */
const unsaved = new Map();
let savedAt = "", leaving = false, renewals = 0, afterTimer, pressedButton;

const fill = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name]);
const field = (key, name) => form.elements[`${key}-${name}`];
const inputs = (key) => [...cards.get(key).querySelectorAll(`[name="${key}"]`)];
const slot = (key) => cards.get(key)?.querySelector("[data-slot]");
const listen = (target, names, run) => names.split(" ").forEach((name) => target.addEventListener(name, run));
const countStopped = (all) => [...unsaved].filter(([key, { stop }]) => stop && (all || cards.has(key))).length;
const isFailing = () => [...unsaved.values()].some(({ failures }) => failures);
const isText = (input) => /text|url/.test(input.type);
const isBlocked = () => !trouble.hidden || !signIn.hidden;
const titleOf = (key) => cards.get(key).querySelector("legend").textContent.trim().replace(/\s+/g, " ");
const keyOf = (target) => target.closest("[data-card]")?.dataset.card;

function read(key) {
  const given = inputs(key).filter((input) => isText(input) ? input.value.trim() : input.checked);
  const answer = { texts: given.map(({ value }) => value) };
  for (const name of SIDE_FIELDS) answer[name] = field(key, name).value;
  return answer;
}

function write(key, answer) {
  for (const input of inputs(key)) {
    if (isText(input)) input.value = answer.texts.find((text) => text[0] !== "-") || "";
    else input.checked = answer.texts.includes(input.value);
  }
  for (const name of SIDE_FIELDS) field(key, name).value = answer[name];
}

function inWords(key, { texts, note }) {
  const label = (text) => inputs(key).find((input) => input.value === text)?.nextElementSibling.querySelector(".option-label");
  const words = texts.map((text) => label(text)?.textContent || text);
  return (words.join(", ") || phrases.none) + (note && ` (${note})`);
}

function persist() {
  const kept = [...unsaved].map(([key, { sent, next, stop }]) => [key, { sent, next, stop }]);
  try { sessionStorage.setItem(store, JSON.stringify(kept)); } catch { /* none: the page still has it */ }
  show();
}

function queueChange(key, delay) {
  const entry = unsaved.get(key) || {}, base = entry.next ? entry.next.base : +field(key, "base_version").value;
  /* Not from the clock: it may be set back, and a number that was used stands for what was saved then. */
  const random = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, 0));
  const id = page.slice(0, 24) + random.join("");
  entry.next = { answer: read(key), base, id };
  unsaved.set(key, entry);
  pressedButton = null;
  clearTimeout(entry.timer);
  if (entry.present) showConflict(key);
  else {
    slot(key).textContent = "";
    entry.stop = false;
    entry.timer = setTimeout(send, delay, key);
  }
  persist();
}

function post(key, { answer, base, id }) {
  const body = new URLSearchParams({ question: key, mutation_id: id, base_version: base, value: "" });
  for (const text of answer.texts) if (text[0] === "-") body.set(text.slice(1), "true"); else body.append("value", text);
  for (const name of SIDE_FIELDS) body.set(name, answer[name]);
  const request = { method: "POST", headers: { "X-CSRFToken": token.value, Accept: "application/json" }, body };
  request.signal = AbortSignal.timeout(20000);
  return fetch(save, { ...request, keepalive: true }).catch(() => fetch(save, request)); /* keepalive ends at 64 KB */
}

async function send(key) {
  const entry = unsaved.get(key);
  if (!entry || entry.busy || entry.stop || isBlocked()) return;
  if (!entry.sent) [entry.sent, entry.next] = [entry.next, null];
  clearTimeout(entry.timer);
  entry.busy = true;
  persist();
  let status = 0, reply, pause = 0;
  try {
    const response = await post(key, entry.sent);
    status = response.status;
    pause = +response.headers.get("Retry-After") || 0;
    reply = await response.json();
  } catch { /* lost on the way, or not ours */ }
  entry.busy = false;
  handleReply(key, entry, status, reply || {}, pause);
  persist();
}

function handleReply(key, entry, status, reply, pause) {
  const { sent, next } = entry, { present, problem } = reply, isSaved = reply.saved === true && reply.question === key;
  if (isSaved || present) entry.failures = 0;
  if (isSaved) {
    renewals = 0;
    entry.sent = null;
    acknowledge(key, reply);
    if (!next) return showUnderstood(key, reply.value);
    next.base = reply.version;
    unsaved.set(key, entry);
    send(key);
  } else if (present) {
    entry.sent = null;
    entry.next = next || sent;
    entry.present = present;
    if (["texts", ...SIDE_FIELDS].every((name) => `${entry.next.answer[name]}` === `${present[name]}`)) acknowledge(key, present);
    else showConflict(key);
  } else if (typeof problem !== "string" || status === 429 || status > 499) { /* a stranger's answer, none, or "later" */
    const isForeign = status && status < 500;
    if (next && isForeign) { /* other words may pass a filter that refuses these */
      entry.sent = null;
      next.base = sent.base;
      return void send(key);
    }
    tryAgain(key, entry, pause);
    if (!slot(key) || (entry.failures < 2 && !isForeign)) return;
    const words = problem ? phrases.refused : status === 413 ? phrases.long : isForeign ? phrases.foreign : phrases.unanswered;
    slot(key).textContent = fill(words, { question: titleOf(key), status, problem });
  } else if (status === 400 || status === 413) {
    entry.failures = 0;
    entry.sent = null;
    entry.next = next ? { ...next, base: sent.base } : sent;
    entry.stop = !next;
    if (next) send(key);
    else showRefusal(key, reply);
  } else if (status === 401) signIn.hidden = false;
  else if (reply.code === "expired_form") {
    tryAgain(key, entry, 0);
    renew(problem);
  } else close(problem);
}

function tryAgain(key, entry, pause) { /* this question alone, after a pause (at least so many seconds) that grows */
  entry.failures = (entry.failures || 0) + 1;
  const wait = Math.min(30000, 500 * 2 ** entry.failures) * (0.75 + Math.random() / 2);
  clearTimeout(entry.timer);
  entry.timer = setTimeout(send, Math.max(wait, pause * 1000), key);
}

function acknowledge(key, { version, at_words }) {
  unsaved.delete(key);
  slot(key)?.replaceChildren();
  savedAt = at_words;
  if (cards.has(key)) field(key, "base_version").value = version;
  clearErrors(key);
  clearTimeout(afterTimer);
  afterTimer = setTimeout(showAfter, 300, key);
}

async function showAfter(key) { /* what the saved answer changed around the questions, part by part */
  const mine = afterTimer, request = { headers: { "HX-Request": "true" } };
  const html = await fetch(`${location.pathname}?after=${key}`, request).then((response) => response.text(), () => "");
  if (mine !== afterTimer) return; /* a later answer asks again */
  for (const part of new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]")) {
    for (const shown of document.querySelectorAll(`[data-part="${part.dataset.part}"]`)) {
      if (shown.innerHTML.trim() === part.innerHTML.trim() || shown.contains(document.activeElement)) continue;
      shown.replaceChildren(...part.cloneNode(true).childNodes);
    }
  }
}

function clearErrors(key) { /* of the page as it was loaded */
  cards.get(key)?.querySelectorAll("[data-error]").forEach((error) => error.remove());
  cards.get(key)?.querySelectorAll(`[name="${key}"]`).forEach((input) => input.removeAttribute("aria-invalid"));
}

function showUnderstood(key, value) { /* "1h" is saved as 60 */
  const input = cards.has(key) && inputs(key).find(isText);
  if (input?.inputMode && value != null && input.value.trim() !== `${value}`) slot(key).textContent = fill(phrases.understood, { value });
}

function showRefusal(key, { problem, problems = [] }) { /* a number that can mean two gets a button for each */
  if (!cards.has(key)) return;
  clearErrors(key);
  const buttons = (problems[0]?.choices || []).flatMap(({ text, words }) => {
    const button = Object.assign(document.createElement("button"), { name: "read_as", value: `${key}=${text}`, className: "button quiet small" });
    button.textContent = words;
    return [" ", button];
  });
  slot(key).replaceChildren(fill(phrases.refused, { problem }), ...buttons);
}

const sendAll = () => [...unsaved.keys()].forEach(send);

function flush() { /* the version after a save under way is foretold */
  for (const [key, { busy, sent, next }] of unsaved) {
    if (busy && next) post(key, { ...next, base: sent.base + 1 }).catch(() => {});
    else send(key);
  }
}

function close(problem) {
  trouble.textContent = fill(phrases.ended, { problem });
  trouble.hidden = false;
}

async function renew(refusal) { /* is the page to be had, with a new token? */
  const response = await fetch(location.pathname, { signal: AbortSignal.timeout(20000) }).catch(() => null);
  const html = await response?.text().catch(() => ""), isOut = response && /^\/account\//.test(new URL(response.url).pathname);
  const there = new DOMParser().parseFromString(html || "", "text/html").getElementById("answers");
  if (isOut || (there && there.dataset.user !== user)) signIn.hidden = false;
  else if (there && refusal && renewals++ > 2) close(refusal);
  else if (there) {
    token.value = there.elements.csrfmiddlewaretoken.value;
    signIn.hidden = true;
    sendAll();
  }
  show();
}

function show() {
  const [state, words] = isBlocked() ? ["waiting", phrases.stuck]
    : countStopped() ? ["waiting", phrases.look]
      : unsaved.size > countStopped(1) ? isFailing() ? ["waiting", phrases.again] : ["saving", phrases.saving]
        : savedAt ? ["saved", fill(phrases.saved, { time: savedAt })] : ["", phrases.ready];
  pill.dataset.state = state;
  if (pill.textContent !== words) pill.textContent = words;
  offline.hidden = navigator.onLine;
  if (pressedButton && !isBlocked() && countStopped(1) === unsaved.size) resubmit();
}

function showConflict(key) {
  const entry = unsaved.get(key), { present } = entry, place = slot(key);
  entry.stop = true;
  if (!place) return; /* until its section is opened */
  cards.get(key).querySelector("[data-conflict]")?.remove();
  place.replaceChildren(byId("conflict").content.cloneNode(true));
  const words = { by: present.by, at: present.at_words, theirs: inWords(key, present), mine: inWords(key, entry.next.answer) };
  for (const name in words) place.querySelector(`[data-${name}]`).textContent = words[name];
  place.onclick = ({ target }) => {
    if (target.type !== "button") return;
    entry.stop = entry.present = place.onclick = null;
    entry.next.base = present.version;
    if ("keep" in target.dataset) send(key);
    else {
      acknowledge(key, present);
      write(key, present);
      conditions();
    }
    place.replaceChildren();
    (inputs(key).find((input) => input.checked) || inputs(key)[0]).focus();
    persist();
  };
}

function conditions() {
  for (const box of form.querySelectorAll("[data-when]")) {
    const rules = box.dataset.when.split(";").map((rule) => rule.split(":"));
    const here = rules.filter(([key]) => cards.has(key));
    const holds = here.some(([key, values]) => !cards.get(key).hidden
      && values.split(" ").some((value) => read(key).texts.includes(value)));
    const isTicked = box.control?.checked; /* an option that was chosen stays, as on the server */
    // What a question on another page calls for stays as the server showed it.
    if (here.length) box.hidden = !holds && !isTicked && (here.length === rules.length || box.hidden);
  }
  const known = (key) => read(key).texts.filter((text) => /^[^-]/.test(text));
  for (const box of form.querySelectorAll("[data-unless]")) { /* an answered question stays, as on the server */
    const [key, values] = box.dataset.unless.split(":"), given = cards.has(key) && known(key);
    if (!given) continue;
    const spared = given[0] && !given.some((value) => values.split(" ").includes(value)) && !known(box.dataset.card)[0];
    box.hidden = spared || (box.dataset.when && box.hidden);
  }
}

listen(form, "input", ({ target }) => {
  const key = keyOf(target);
  if (target.name === key && (isText(target) || target.checked)) {
    for (const input of inputs(key)) {
      if (input === target || !("alone" in { ...target.dataset, ...input.dataset })) continue;
      if (isText(input)) input.value = "";
      else input.checked = false;
    }
  }
  conditions();
  queueChange(key, isText(target) ? 700 : 0);
});
listen(form, "click", (event) => {
  const { name, value } = event.target;
  if (name !== "read_as") return;
  event.preventDefault();
  const [key, text] = value.split("="), input = inputs(key).find(isText);
  input.value = text;
  input.focus();
  queueChange(key, 0);
});
listen(form, "change", ({ target }) => send(keyOf(target)));

listen(document, "keydown", (event) => {
  const { key, target, altKey } = event, control = event.ctrlKey || event.metaKey;
  if (control && key === "Enter") form.requestSubmit(form.querySelector(".save-bar button"));
  else if (/^[1-9]$/.test(key) && target.type === "radio" && !control && !altKey) {
    form.querySelectorAll(`:not([hidden]) > [name="${target.name}"]`)[key - 1]?.click();
  } else return;
  event.preventDefault();
});

listen(form, "submit", (event) => {
  if (!unsaved.size || leaving) return;
  event.preventDefault();
  for (const entry of unsaved.values()) entry.stop = !!entry.present;
  pressedButton = event.submitter;
  sendAll();
  show();
});

function resubmit() { /* saved, or refused: the next page says what to do */
  const conflict = form.querySelector(".conflict :is(button, input)"), button = pressedButton;
  pressedButton = null;
  if (conflict) return conflict.focus();
  leaving = true;
  for (const key of cards.keys()) unsaved.delete(key);
  persist();
  form.requestSubmit(button);
}

function resume() {
  leaving = false;
  if (signIn.hidden) sendAll(); else renew();
  show();
}
listen(window, "pageshow online offline focus", resume);
listen(window, "pagehide", flush);
listen(document, "visibilitychange", () => document.hidden ? flush() : resume());
listen(window, "beforeunload", (event) => {
  if (!leaving && unsaved.size && (countStopped() || isBlocked() || isFailing())) event.preventDefault();
});

/* From before; stops wait for their section. */
let earlier = [];
try { earlier = JSON.parse(sessionStorage.getItem(store)) || []; } catch { /* none, or nothing that can be read */ }
for (const [key, entry] of earlier) {
  unsaved.set(key, entry);
  if (cards.has(key)) entry.stop = write(key, (entry.next || entry.sent).answer);
}
for (const [key, box] of cards) if ("unsaved" in box.dataset && !unsaved.has(key)) queueChange(key, 0);
conditions();
resume();
pill.hidden = false;
