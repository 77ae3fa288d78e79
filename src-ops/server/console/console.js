// The script of the console's page: it refreshes the rings every few seconds, explains gates, and sends the forms.
const EVERY_MS = 5_000;
const rings = document.getElementById("rings");
let shown = "";

async function refresh() {
  const stale = document.querySelector("[data-stale]");
  try {
    const response = await fetch(`/console/rings${location.search}`, { cache: "no-store" });
    if (response.status === 401) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    stale.hidden = true;
    const text = await response.text();
    // The page is not replaced while a dialog is open. Afterwards the keyboard focus and open details are restored.
    if (text === shown || document.querySelector("dialog[open]")) return;
    const { id } = document.activeElement;
    const openDetails = [...document.querySelectorAll("details[open]")].map((details) => details.id);
    rings.innerHTML = shown = text;
    for (const details of openDetails) document.getElementById(details)?.setAttribute("open", "");
    if (id !== "") document.getElementById(id)?.focus({ preventScroll: true });
    showTime();
  } catch {
    stale.textContent = stale.dataset.stale;
    stale.hidden = false;
  }
}

// How old the evaluation is, by the clock of this computer since it arrived.
let arrived = performance.now();
let evaluated = "";
function showTime() {
  const place = document.querySelector("[data-as-of]");
  const { at } = document.querySelector("[data-at]")?.dataset ?? {};
  if (!place || !at) return;
  if (at !== evaluated) [evaluated, arrived] = [at, performance.now()];
  const seconds = Math.round((performance.now() - arrived) / 1_000);
  const time = `${new Date(Number(at)).toISOString().slice(11, 19)} UTC`;
  place.textContent = `${place.dataset.asOf.replace("{time}", time)} · ${place.dataset.ago.replace("{seconds}", seconds)}`;
}

async function send(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function explain({ dataset: { name, explain: text, now } }) {
  const dialog = document.getElementById("explain");
  dialog.querySelector("h2").textContent = name;
  dialog.querySelector("[data-text]").textContent = text;
  dialog.querySelector("[data-now]").textContent = now;
  dialog.showModal();
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const question = target.closest("[data-explain]");
  if (question) explain(question);
  if (target.closest("[data-close]")) target.closest("dialog").close();
  const acknowledged = target.closest("[data-answer]");
  if (acknowledged) void send("/console/answer", { incident: acknowledged.dataset.answer }).then(refresh);
  if (target.closest("[data-leave]")) void send("/console/logout", {}).then(() => location.reload());
});

async function submit(form) {
  const problem = form.querySelector("[data-problem]");
  const given = Object.fromEntries(new FormData(form));
  if (form.dataset.form === "login") {
    const response = await send("/console/login", given);
    if (response.ok) location.reload();
    else problem.textContent = response.status === 429 ? form.dataset.wait : form.dataset.refused;
    return;
  }
  const { ring, build, failed } = form.dataset;
  const response = await send("/console/halt", { ring, build, reason: given.reason });
  if (response.ok) location.reload();
  else problem.textContent = failed.replace("{code}", (await response.json()).code);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit(event.target);
});

if (rings) {
  // The language changes, and the ring stays.
  const language = document.querySelector("[data-language]");
  const address = new URLSearchParams(location.search);
  address.set("lang", language.hreflang);
  language.href = `?${address}`;
  showTime();
  setInterval(showTime, 1_000);
  setInterval(() => void refresh(), EVERY_MS);
}
