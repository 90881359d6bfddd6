// The desk: one field that never loses focus, scans in their order, three sounds.

import { Queue } from "./queue.js";

const [form, field, status, sounds, bar, picture, camera] = [
  "#scan", "#code", "#say", "#sounds", "#waiting", "#picture", "#camera",
].map((id) => document.querySelector(id));
const TONES = { ok: [880, 60, 1], again: [520, 60, 2], no: [220, 300, 1] };
const KEYS = { F2: "CMD-LEND", F3: "CMD-RETURN", F4: "CMD-PARK", F9: "CMD-FERTIG" };
const SCANNER_MS = 40; // people type slower
const BUSY = "a, button, input, select, summary";
const undone = [];
let typed = 0;
let waited = 0;
let audio;

const queue = new Queue({
  name: `desk-queue-${form.dataset.account}`,
  answered,
  told,
});

function scan(code) {
  queue.add("/desk/scan", [["code", code], ["branch", form.elements.branch.value]]);
}

// Emptied at once: a burst loses none.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value.trim();
  field.value = "";
  field.focus();
  if (code) scan(code);
});

// Scanners may end with Tab or LF.
field.addEventListener("keydown", (event) => {
  const fast = event.timeStamp - typed < SCANNER_MS && field.value.length > 3;
  typed = event.timeStamp;
  if (!(event.key === "Tab" && fast) && !(event.ctrlKey && event.key === "j")) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const answer = event.target;
  if (!answer.matches("form[data-desk]") || answer.querySelector("[type=file]")?.value) return;
  event.preventDefault();
  if (!answer.reportValidity()) return;
  queue.add(answer.getAttribute("action"), [...new FormData(answer, event.submitter)]);
  field.focus();
});

// The switch is a command among the scans.
form.addEventListener("change", (event) => {
  if (event.target.name !== "mode") return;
  scan(`CMD-${event.target.value}`);
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") field.focus();
  if (event.ctrlKey && event.key === "z" && !event.target.value) {
    event.preventDefault();
    scan("CMD-UNDO");
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const sign = event.key.length === 1 && !"/? ".includes(event.key);
  if (sign && !document.activeElement.matches(BUSY)) field.focus(); // and it falls in
  if (!KEYS[event.key] || event.shiftKey) return;
  event.preventDefault();
  scan(KEYS[event.key]);
});

const muted = () => localStorage.getItem("desk-muted") === "1";
sounds.setAttribute("aria-pressed", !muted());
sounds.addEventListener("click", () => {
  localStorage.setItem("desk-muted", muted() ? "0" : "1");
  sounds.setAttribute("aria-pressed", !muted());
  field.focus();
});

// A photo is sent once it is taken; some browsers read codes by themselves.
picture.addEventListener("change", () => picture.files.length && picture.form.requestSubmit());
if ("BarcodeDetector" in window) {
  camera.hidden = false;
  camera.addEventListener("click", async () => (await import("./camera.js")).watch(camera, scan));
}

if (location.search === "?mode=return") {
  history.replaceState(null, "", location.pathname);
  scan("CMD-RETURN");
}

function codeOf({ fields }) {
  return new Map(fields).get("code") ?? "";
}

function answered(entry, text) {
  const code = codeOf(entry);
  const sound = show(text);
  if (!sound) say(`${form.dataset.lost}: ${code}`);
  if (entry.late && sound !== "ok") undone.push(`${code}: ${status.textContent.trim()}`);
}

function told(state) {
  const { waits, wait, ended, undone: sent } = form.dataset;
  const codes = queue.entries.map(codeOf);
  const waiting = codes.length === 1 ? waits : wait.replace("{n}", codes.length);
  if (codes.length > waited) play("again");
  waited = codes.length;
  bar.hidden = state === "sent" && !undone.length;
  bar.querySelector("b").textContent = { waiting, ended, sent }[state];
  bar.querySelector("span").textContent = (state === "sent" ? undone : codes).join(" · ");
}

/** Put an answer into the page; returns its sound, "" if it was none of the desk's. */
function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector("#say");
  if (!said) return "";
  keepOlder(page.querySelector("#log ol[data-partly]"));
  for (const id of ["log", "side", "parked"]) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id).replaceWith(part);
  }
  status.className = said.className;
  status.replaceChildren(...said.childNodes);
  const { mode, sound = "again", go } = said.dataset;
  form.elements.mode.value = mode;
  play(sound);
  if (go === "search") document.querySelector("#top-words").focus();
  else if (go === "receipt") status.querySelector("a")?.click();
  else if (document.activeElement === document.body) field.focus();
  return sound;
}

/** An answer may hold the newest lines and open questions only: older lines stay. */
function keepOlder(fresh) {
  if (!fresh) return;
  const known = new Set([...fresh.children].map((line) => line.dataset.line));
  const older = [...document.querySelectorAll("#log ol > li:not(.l-q)")];
  const all = [...fresh.children, ...older.filter((line) => !known.has(line.dataset.line))];
  fresh.append(...all.sort((a, b) => b.dataset.line - a.dataset.line));
}

function say(words) {
  status.className = "say say-no";
  status.textContent = words;
  play("no");
}

function play(name) {
  const tone = TONES[name];
  if (!tone || muted()) return;
  const [frequency, length, times] = tone;
  audio ??= new AudioContext();
  for (let time = 0; time < times; time += 1) {
    const start = audio.currentTime + (time * 2 * length) / 1000;
    const sound = new OscillatorNode(audio, { frequency });
    sound.connect(audio.destination);
    sound.start(start);
    sound.stop(start + length / 1000);
  }
}
