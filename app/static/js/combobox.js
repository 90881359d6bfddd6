// Suggestions under a search field (ARIA 1.2 combobox: list autocomplete, manual selection).
// The field keeps the focus and the form stays a plain form; options are links, so they open in a
// new tab like any other.

import { announce } from "./announce.js";

const PAUSE = 120; // milliseconds without a key before the server is asked
const SHORTEST = 2; // letters
const IN_TEXT = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);
const KEPT = ["from", "until", "quantity", "centre"]; // what the form says beside the words

let lists = 0;

class Combobox {
  constructor(field) {
    this.field = field;
    this.list = document.createElement("div");
    this.list.id = `suggestions-${(lists += 1)}`;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.options = [];
    this.active = -1;
    const label = field.labels[0]?.textContent.trim() ?? "";
    set(this.list, { role: "listbox", "aria-label": label });
    set(field, {
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    });
    field.after(this.list);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    field.form.addEventListener("submit", () => this.close());
    // A press on the list leaves the focus in the field; the click that follows opens the link.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get words() {
    return this.field.value.trim();
  }

  typed() {
    this.stop();
    if (this.words.length >= SHORTEST) {
      this.waiting = setTimeout(() => this.ask(), PAUSE);
    } else {
      this.close();
      this.options = [];
    }
  }

  async ask() {
    const mine = (this.asked = new AbortController());
    const asked = new URLSearchParams({ words: this.words });
    const centre = this.field.form.elements.centre?.value;
    if (centre) asked.set("centre", centre);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(`${this.field.dataset.suggest}?${asked}`, {
        headers,
        signal: mine.signal,
      });
      const found = answer.ok ? await answer.json() : { suggestions: [], said: "" };
      if (!mine.signal.aborted && document.activeElement === this.field) this.show(found);
    } catch {
      if (!mine.signal.aborted) this.close();
    }
  }

  show({ suggestions, said }) {
    const groups = new Map();
    for (const each of suggestions) {
      if (!groups.has(each.kind)) groups.set(each.kind, this.group(each));
      groups.get(each.kind).append(this.option(each, groups));
    }
    this.list.replaceChildren(...groups.values());
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, place) => {
      option.id = `${this.list.id}-${place}`;
    });
    this.activate(-1);
    this.list.scrollTop = 0;
    this.unfold(this.options.length > 0);
    announce(said);
  }

  group({ kind, label }) {
    const group = document.createElement("div");
    const name = document.createElement("div");
    name.id = `${this.list.id}-${kind}`;
    name.textContent = label;
    set(name, { role: "presentation" });
    set(group, { role: "group", "aria-labelledby": name.id });
    group.append(name);
    return group;
  }

  option({ text, address, detail }) {
    const option = document.createElement("a");
    option.textContent = text;
    if (detail) option.append(Object.assign(document.createElement("span"), { textContent: detail }));
    option.href = this.within(address);
    set(option, { role: "option", tabindex: "-1", "aria-selected": "false" });
    return option;
  }

  /** Carry the days and the number already entered to where a suggestion leads. */
  within(address) {
    const target = new URL(address, location.href);
    if (target.origin !== location.origin) return address; // a telephone
    const entered = new FormData(this.field.form);
    for (const name of KEPT) {
      const value = entered.get(name);
      const says = value && !(name === "quantity" && value === "1");
      if (says && !target.searchParams.has(name)) target.searchParams.set(name, value);
    }
    return target.pathname + target.search;
  }

  pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.options.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (event.altKey) this.unfold(step > 0);
      else this.step(step);
    } else if (event.key === "Escape" && open) this.close();
    else if (event.key === "Enter" && open && this.active >= 0) this.options[this.active].click();
    else {
      if (IN_TEXT.has(event.key)) this.activate(-1);
      return;
    }
    event.preventDefault();
    if (event.key !== "Escape") event.stopPropagation(); // the desk leads back on Escape
  }

  /** Go to the next option; past either end lies the field itself, with none chosen. */
  step(by) {
    const places = this.options.length + 1;
    this.unfold(true);
    this.activate(((this.active + 1 + by + places) % places) - 1);
  }

  activate(place) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = place;
    const option = this.options[place];
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    return this.field.setAttribute("aria-activedescendant", option.id);
  }

  unfold(open) {
    if (!open) this.activate(-1);
    this.list.hidden = !open;
    this.field.setAttribute("aria-expanded", String(open));
  }

  close() {
    this.stop();
    this.unfold(false);
  }

  /** Let go of what is waited for, so that no late answer opens the list. */
  stop() {
    clearTimeout(this.waiting);
    this.asked?.abort();
  }
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

for (const field of document.querySelectorAll("input[data-suggest]")) new Combobox(field);
