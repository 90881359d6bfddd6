// Keys of one letter, only outside fields and only where the profile leaves them on; `app.js` loads
// this. Signs that follow each other faster than people type are a scanner's: it asks who has it.

const SCANNER_MS = 40;
const TOGETHER_MS = 1500; // between the two letters of "g t"
const FEWEST = 4; // signs of a code
const ROWS = "main :is(.hit, .plain > li, tbody tr)";
const PLACES = { t: "/desk", r: "/desk?mode=return", d: "/", s: "/search" };
const STOP = "a[href], button, input:not([type=hidden])";
let scanned = "";
let last = 0;
let waiting;
let first = { key: "", at: 0 };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const desk = event.target.id === "code" && !event.target.value && "/?".includes(event.key);
  if (!desk && event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  const now = performance.now();
  if (event.key === "Enter" && scanned.length >= FEWEST && now - last < SCANNER_MS) {
    if (!document.querySelector("form[action='/who']")) return;
    event.preventDefault();
    location.assign(`/who?code=${encodeURIComponent(scanned)}`);
  }
  if (event.key.length !== 1) return;
  scanned = now - last < SCANNER_MS ? scanned + event.key : event.key;
  last = now;
  clearTimeout(waiting);
  if (event.key === "/" && scanned === "/") {
    event.preventDefault();
    search();
  } else if (event.key === "?") {
    event.preventDefault();
    help();
  } else waiting = setTimeout(() => scanned.length === 1 && act(scanned), 2 * SCANNER_MS);
});

function act(key) {
  const led = first.key === "g" && Date.now() - first.at < TOGETHER_MS;
  first = { key, at: Date.now() };
  const row = document.activeElement.closest(ROWS);
  if (led && PLACES[key]) location.assign(PLACES[key]);
  else if (key === "j" || key === "k") step(row, key === "j" ? 1 : -1);
  else if (key === "x") row?.querySelector("input[type=checkbox]")?.click();
}

/** Lead the focus to the next or previous row that has anything to focus. */
function step(row, by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((each) => each.querySelector(STOP));
  const place = row ? rows.indexOf(row) + by : by > 0 ? 0 : -1;
  const next = rows.at(Math.min(place, rows.length - 1));
  if (!next || (row && place < 0)) return;
  next.querySelector(STOP).focus();
}

export function search() {
  const field = document.querySelector("#top-words");
  if (field?.checkVisibility()) field.select();
  else location.assign(field?.form.getAttribute("action") ?? "/search");
}

async function help() {
  let sheet = document.querySelector("dialog#keys");
  if (!sheet) {
    const answer = await fetch("/keyboard");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    sheet = document.createElement("dialog");
    sheet.id = "keys";
    sheet.append(...page.querySelector("#keys").childNodes);
    document.body.append(sheet);
  }
  sheet.showModal();
}
