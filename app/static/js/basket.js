// Says how long each line is still held; without it the page names the time.

import { announce } from "./announce.js";

const began = performance.now();
const WARNED = 120;

function left(badge) {
  return Math.round(Number(badge.dataset.seconds) - (performance.now() - began) / 1000);
}

setInterval(() => {
  for (const badge of document.querySelectorAll("[data-seconds]")) {
    const seconds = left(badge);
    badge.dataset.words ??= badge.textContent;
    if (seconds > 0) {
      const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      badge.textContent = `${badge.dataset.words} (${clock})`;
      if (seconds === WARNED) announce(badge.dataset.words);
    } else {
      badge.textContent = badge.dataset.over;
      badge.className = "badge badge-warn";
      announce(badge.dataset.over);
      badge.removeAttribute("data-seconds");
    }
  }
}, 1000);
