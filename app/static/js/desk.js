// The desk: one field that never loses focus, scans sent one after another, three sounds.

import { Queue } from "./queue.js";

const form = document.querySelector("#scan");
const field = document.querySelector("#code");
const status = document.querySelector("#say");
const sounds = document.querySelector("#sounds");
const bar = document.querySelector("#waiting");
const MUTED = "desk-muted";
const TONES = { ok: [880, 60, 1], again: [520, 60, 2], no: [220, 300, 1] };
const KEYS = { F2: "CMD-LEND", F3: "CMD-RETURN", F4: "CMD-PARK", F9: "CMD-FERTIG" };
const SCANNER_MS = 40; // between two signs; people type slower
const undone = [];
let typed = { since: 0, last: 0 };
let audio;

const queue = new Queue({
  name: `desk-queue-${form.dataset.account}`,
  token: () => form.elements.csrf_token.value,
  answered,
  told,
});
queue.work();

// Each scan is queued at once and the field emptied, so that a burst loses none.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value.trim();
  field.value = "";
  field.focus();
  if (code) scan(code);
});

// Scanners may end with Tab or a line feed instead of Enter; several pasted lines are several scans.
field.addEventListener("keydown", (event) => {
  const now = performance.now();
  if (now - typed.last > SCANNER_MS) typed.since = now;
  const burst = field.value.length > 3 && typed.since < now && now - typed.last < SCANNER_MS;
  typed.last = now;
  const ends = (event.key === "Tab" && burst) || (event.ctrlKey && event.key === "j");
  if (!ends || !field.value) return;
  event.preventDefault();
  form.requestSubmit();
});
field.addEventListener("paste", (event) => {
  const lines = event.clipboardData.getData("text").split(/[\r\n\t]+/).filter(Boolean);
  if (lines.length < 2) return;
  event.preventDefault();
  lines.forEach(scan);
});

document.addEventListener("submit", (event) => {
  const answer = event.target;
  if (!answer.matches("form[data-desk]")) return;
  event.preventDefault();
  if (!answer.reportValidity()) return;
  const own = new FormData(answer, event.submitter);
  queue.add(answer.getAttribute("action"), [...own]);
  field.focus();
});

// The switch is a command like any other: it keeps its place among the scans.
form.addEventListener("change", (event) => {
  if (event.target.name !== "mode") return;
  scan(event.target.value === "return" ? "CMD-RETURN" : "CMD-LEND");
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") field.focus();
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const { activeElement: here } = document;
  const sign = event.key.length === 1 && !"/? ".includes(event.key);
  if (sign && (!here || here === document.body)) field.focus(); // the sign then falls into it
  const code = event.shiftKey ? null : KEYS[event.key];
  if (!code) return;
  event.preventDefault();
  scan(code);
});

for (const key of document.querySelectorAll("kbd[hidden]")) key.hidden = false;

sounds.hidden = false;
sounds.setAttribute("aria-pressed", String(!localStorage.getItem(MUTED)));
sounds.addEventListener("click", () => {
  if (localStorage.getItem(MUTED)) localStorage.removeItem(MUTED);
  else localStorage.setItem(MUTED, "1");
  sounds.setAttribute("aria-pressed", String(!localStorage.getItem(MUTED)));
  field.focus();
});

// A photo is sent as soon as it is taken; the live picture where the browser itself reads codes.
const picture = document.querySelector("#picture");
picture.addEventListener("change", () => picture.files.length && picture.form.requestSubmit());
if ("BarcodeDetector" in window) {
  const camera = document.querySelector("#camera");
  camera.hidden = false;
  camera.addEventListener("click", async () => (await import("./camera.js")).watch(camera, scan));
}

function scan(code) {
  const fields = [["code", code]];
  const branch = form.elements.branch?.value;
  if (branch && branch !== "0") fields.push(["branch", branch]);
  if (!queue.busy || navigator.onLine) return queue.add("/desk/scan", fields);
  play("again");
  return queue.add("/desk/scan", fields);
}

function answered(entry, text) {
  const said = show(text);
  const code = new Map(entry.fields).get("code") ?? "";
  if (!said) say(`${form.dataset.lost}: ${code}`);
  if (entry.late && said?.sound !== "ok") undone.push(`${code} ${status.textContent.trim()}`);
}

function told(state) {
  const count = queue.entries.length;
  const waits = count === 1 ? form.dataset.waits : form.dataset.wait.replace("{n}", count);
  const words = { waiting: waits, ended: form.dataset.ended, sent: form.dataset.undone }[state];
  bar.hidden = state === "sent" && !undone.length;
  bar.querySelector("b").textContent = words;
  const codes = queue.entries.map(({ fields }) => new Map(fields).get("code") ?? "");
  const lines = (state === "sent" ? undone : codes).map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  });
  bar.querySelector("ul").replaceChildren(...lines);
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector("#say");
  if (!said) return null;
  keepOlder(page);
  for (const id of ["log", "side", "parked"]) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id).replaceWith(part);
  }
  status.className = said.className;
  status.replaceChildren(...said.childNodes);
  const { mode, sound, go } = said.dataset;
  form.elements.mode.value = mode;
  play(sound);
  if (go === "search") document.querySelector("#top-words")?.focus();
  else if (go === "receipt") location.assign(status.querySelector("a").href);
  else if (!document.activeElement || document.activeElement === document.body) field.focus();
  return { sound };
}

/** The answer to a scan holds the newest lines and open questions: older lines stay. */
function keepOlder(page) {
  const fresh = page.querySelector("#log ol[data-partly]");
  if (!fresh) return;
  const known = new Set([...fresh.children].map((line) => line.dataset.line));
  const older = document.querySelectorAll("#log ol > li:not(.l-q)");
  fresh.append(...[...older].filter((line) => !known.has(line.dataset.line)));
  fresh.append(...[...fresh.children].sort((a, b) => b.dataset.line - a.dataset.line));
}

function say(words) {
  status.className = "say say-no";
  status.textContent = words;
  play("no");
}

function play(name) {
  const tone = TONES[name];
  if (!tone || localStorage.getItem(MUTED)) return;
  const [pitch, length, times] = tone;
  audio ??= new AudioContext();
  for (let time = 0; time < times; time += 1) {
    const sound = audio.createOscillator();
    const start = audio.currentTime + (time * 2 * length) / 1000;
    sound.frequency.value = pitch;
    sound.connect(audio.destination);
    sound.start(start);
    sound.stop(start + length / 1000);
  }
}
