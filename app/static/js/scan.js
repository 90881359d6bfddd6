// A scan field that never loses its focus: scans are queued, sent one after another, seen and heard.

import { play } from "./tones.js";

const form = document.querySelector("#scan");
const field = document.querySelector("#code");
const status = document.querySelector("#say");
const waiting = [];
const RETRY_MS = 2000;
let busy = false;

// The field is emptied at once, so that a burst loses none; what the page chose by then goes along.
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new FormData(form);
  field.value = "";
  field.focus();
  if (body.get("code").trim()) queue(form.action, body);
});

document.addEventListener("submit", (event) => {
  const answer = event.target;
  if (!answer.matches("form[data-scan]")) return;
  event.preventDefault();
  queue(answer.action, new FormData(answer, event.submitter));
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") field?.focus();
});

function queue(address, fields) {
  const body = new URLSearchParams(fields);
  body.set("idem", newKey());
  waiting.push({ address, body });
  work();
}

async function work() {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const { address, body } = waiting[0];
    // What an answer before it opened or asked goes with the next scan.
    if (address === form.action) follow(body);
    const answer = await send(address, body);
    if (answer === null) {
      say(`${form.dataset.offline} (${waiting.length})`);
      await new Promise((done) => setTimeout(done, RETRY_MS));
      continue;
    }
    waiting.shift();
    if (!show(answer)) say(`${form.dataset.ended}: ${body.get("code") ?? ""}`);
  }
  busy = false;
}

function follow(body) {
  for (const name of ["box", "asked"]) {
    const chosen = document.querySelector(`#work > [name=${name}]`);
    if (chosen) body.set(name, chosen.value);
    else body.delete(name);
  }
}

// The same key again does nothing twice, so an answer that was lost may be asked for again.
async function send(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "work" } });
    return answer.status === 503 ? null : await answer.text();
  } catch {
    return null;
  }
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector("#say");
  const part = page.querySelector("#work");
  if (!said || !part) return false;
  document.querySelector("#work").replaceWith(part);
  status.className = said.className;
  status.replaceChildren(...said.childNodes);
  play(said.dataset.sound);
  if (!document.activeElement || document.activeElement === document.body) field.focus();
  return true;
}

function say(words) {
  status.className = "say say-no";
  status.textContent = words;
  play("no");
}

function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
