// Keys of one letter, outside fields only, unless the profile says no. Signs that come faster than
// people type are a scanner's: on any page it asks who has it.

const SCANNER_MS = 40;
const TOGETHER_MS = 1500;
const PLACES = { t: "/desk", r: "/desk?mode=return", d: "/" };
const ROWS = "main :is(.hit, .plain > li, tbody tr)";
const STOP = "a[href], button, input:not([type=hidden])";
const FIELD = "input:not([type=checkbox]), textarea, select, dialog";
const field = document.querySelector("#top-words");
const desk = document.querySelector("#code");
let signs = "";
let last = 0;
let led = -TOGETHER_MS;
let waiting;

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const leads = target === desk && !target.value && "/?".includes(key);
  if (target.closest(FIELD) && !leads) return;
  const fast = event.timeStamp - last < SCANNER_MS;
  last = event.timeStamp;
  if (key === "Enter" && fast && signs.length > 3 && field?.name === "code") {
    event.preventDefault();
    const form = (desk ?? field).form;
    form.elements.code.value = signs;
    signs = ""; // the next scan of a burst begins anew
    form.requestSubmit();
  }
  if (key.length !== 1) return;
  clearTimeout(waiting);
  if (!fast) press();
  signs += key;
  if (signs === "/" || signs === "?") {
    signs = "";
    event.preventDefault();
    if (key === "?") help();
    else if (field?.checkVisibility()) field.focus(field.select());
    else location.assign(field?.form.getAttribute("action") ?? "/search");
  } else if (!desk) waiting = setTimeout(press, 2 * SCANNER_MS);
});

function press() {
  const key = signs;
  signs = "";
  if (desk || !key) return;
  const place = last - led < TOGETHER_MS && PLACES[key];
  led = key === "g" ? last : -TOGETHER_MS;
  const row = document.activeElement.closest(ROWS);
  if (place) location.assign(place);
  else if (key === "x") row?.querySelector("[type=checkbox]")?.click();
  else if (key === "j" || key === "k") {
    const rows = [...document.querySelectorAll(ROWS)].filter((each) => each.querySelector(STOP));
    const next = row ? rows.indexOf(row) + (key === "j" ? 1 : -1) : 0;
    rows[next]?.querySelector(STOP).focus();
  }
}

async function help() {
  const answer = await fetch("/keyboard");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const sheet = document.createElement("dialog");
  sheet.append(...page.querySelector("#keys").children);
  sheet.querySelector("form").hidden = false;
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}
