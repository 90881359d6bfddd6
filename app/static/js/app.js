// What every page gains by script; without it everything works as plain forms and links.

import { announce } from "./announce.js";

// data-autosubmit: a form sends itself shortly after a choice; its buttons leave the picture only.
// Fields may lie outside the form and name it; words and days are typed in several steps and wait
// for Enter, a number for a pause.
let newest = 0;
let waiting;
const TYPED = "[type=search],[type=text],[type=date],[type=number],textarea";
const CHOSEN_MS = 150;
const COUNTED_MS = 500;

function hideSubmits() {
  for (const button of document.querySelectorAll("button[data-submit]")) {
    const sends = button.form?.matches("[data-autosubmit]");
    button.classList.toggle("visually-hidden-focusable", sends);
  }
}
hideSubmits();

function submitSoon({ form }, after) {
  if (!form?.matches("[data-autosubmit]")) return;
  newest += 1;
  clearTimeout(waiting);
  const part = form.dataset.fragment && document.querySelector(form.dataset.fragment);
  if (part && (form.noValidate || form.checkValidity())) part.setAttribute("aria-busy", "true");
  waiting = setTimeout(() => form.requestSubmit(), after);
}
document.addEventListener("change", ({ target }) => {
  if (!target.matches(TYPED)) submitSoon(target, CHOSEN_MS);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("[type=number]")) submitSoon(target, COUNTED_MS);
});

// data-fragment="#id": a GET form or link replaces one part of the page, and the address follows.
let shown = location.pathname + location.search;

/** Open again what the address names (a phone's filters): the swap put a new one in its place. */
function retarget() {
  if (!location.hash) return;
  const top = scrollY;
  location.replace(location.hash);
  scrollTo({ top, behavior: "instant" });
}

async function swap(address, selector, { push = true } = {}) {
  const target = document.querySelector(selector);
  const mine = (newest += 1);
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { "X-Fragment": selector.slice(1) } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== newest) return;
    const part = page.querySelector(selector);
    if (!answer.ok || !part) throw new Error(answer.statusText);
    const active = document.activeElement?.id;
    for (const { id } of target.querySelectorAll("details[id][open]")) {
      const again = part.querySelector(`#${CSS.escape(id)}`);
      if (again) again.open = true;
    }
    target.replaceWith(part);
    document.title = page.title;
    hideSubmits();
    if (active) document.getElementById(active)?.focus({ preventScroll: true });
    if (push) history.pushState({ selector }, "", address);
    shown = location.pathname + location.search;
    retarget();
    for (const next of document.querySelectorAll(".tools input[name=next]")) {
      next.value = location.pathname + location.search;
    }
    announce(part.dataset.said ?? "");
  } catch {
    location.assign(address);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-fragment]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = new URL(link.href);
  address.hash ||= location.hash;
  swap(address, link.dataset.fragment);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || !form.dataset.fragment) return;
  event.preventDefault();
  clearTimeout(waiting);
  const address = new URL(form.action);
  const fields = [...new FormData(form, event.submitter)].filter(([, value]) => value !== "");
  address.search = new URLSearchParams(fields);
  address.hash = location.hash;
  swap(address, form.dataset.fragment);
});

addEventListener("popstate", (event) => {
  if (shown === location.pathname + location.search) return;
  if (event.state?.selector) swap(location.href, event.state.selector, { push: false });
  else if (document.querySelector("[data-fragment]")) location.reload();
});

// data-focus: the summary of faults; data-print: a button that prints; data-reload: seconds.
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}
const waits = document.querySelector("[data-reload]");
if (waits) setTimeout(() => location.reload(), Number(waits.dataset.reload) * 1000);

// data-copy="#field": a button that copies what a field holds, and says so. The older way of
// copying also works where the address is http, and waits for no permission.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.querySelector(button.dataset.copy).select();
    if (!document.execCommand("copy")) return; // the link stays selected, for Ctrl+C
    announce(button.dataset.copied);
    button.lastChild.data = button.dataset.copied;
  });
}
// Keys of one letter.
if ("shortcuts" in document.body.dataset) import("./keys.js");

// data-suggest: a search field offers what its words may become.
if (document.querySelector("[data-suggest]")) import("./combobox.js");

// Escape and a click elsewhere close an open menu.
const menus = document.querySelectorAll("details.drop");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
