// The desk: one field that never loses focus, scans sent one after another, three sounds.

const form = document.querySelector("#scan");
const field = document.querySelector("#code");
const status = document.querySelector("#say");
const sounds = document.querySelector("#sounds");
const waiting = [];
const RETRY_MS = 2000;
const MUTED = "desk-muted";
const TONES = { ok: [880, 60, 1], again: [520, 60, 2], no: [220, 300, 1] };
const KEYS = { F2: "CMD-LEND", F3: "CMD-RETURN", F9: "CMD-FERTIG" };
let busy = false;
let audio;

// Each scan is queued at once and the field emptied, so that a burst loses none.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value.trim();
  field.value = "";
  field.focus();
  if (code) queue("/desk/scan", { code });
});

document.addEventListener("submit", (event) => {
  const answer = event.target;
  if (!answer.matches("form[data-desk]") || answer.querySelector("[type=file]")?.value) return;
  event.preventDefault();
  if (!answer.reportValidity()) return;
  queue(answer.getAttribute("action"), new FormData(answer, event.submitter));
  field.focus();
});

// The switch is a command like any other: it keeps its place among the scans.
form.addEventListener("change", (event) => {
  if (event.target.name !== "mode") return;
  queue("/desk/scan", { code: `CMD-${event.target.value.toUpperCase()}` });
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") field.focus();
  if (event.ctrlKey && event.key === "z" && !event.target.value) {
    event.preventDefault();
    queue("/desk/scan", { code: "CMD-UNDO" });
  }
  const code = KEYS[event.key];
  if (!code || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  queue("/desk/scan", { code });
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

function queue(address, fields) {
  const body = new URLSearchParams(fields instanceof FormData ? fields : Object.entries(fields));
  const branch = document.querySelector("#branch");
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("idem", newKey());
  if (branch && address === "/desk/scan") body.set("branch", branch.value);
  waiting.push({ address, body });
  work();
}

async function work() {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const answer = await send(waiting[0]);
    if (answer === null) {
      say(`${form.dataset.offline} (${waiting.length})`);
      await new Promise((done) => setTimeout(done, RETRY_MS));
      continue;
    }
    const { body } = waiting.shift();
    if (!show(answer)) say(`${form.dataset.ended}: ${body.get("code") ?? ""}`);
  }
  busy = false;
}

// The same key again does nothing twice, so an answer that was lost may be asked for again.
async function send({ address, body }) {
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-Fragment": "desk" } });
    return answer.status === 503 ? null : await answer.text();
  } catch {
    return null;
  }
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector("#say");
  if (!said) return false;
  for (const id of ["log", "side"]) {
    document.getElementById(id).replaceWith(page.getElementById(id));
  }
  status.className = said.className;
  status.replaceChildren(...said.childNodes);
  const { mode, sound } = said.dataset;
  form.elements.mode.value = mode;
  play(sound);
  if (!document.activeElement || document.activeElement === document.body) field.focus();
  return true;
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

function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
