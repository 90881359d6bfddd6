// What waits to be sent, in order. It survives a reload and a crash, and nothing is done twice:
// each entry has a key of its own, and the server answers a repeat with the first answer.

const RETRY_MS = 2000;
const BROKEN = 500; // a fault of ours that would come again; 502 to 504 pass

export class Queue {
  /** `answered(entry, text)` gets what came back, `told(state)` how it stands. */
  constructor({ name, token, answered, told }) {
    Object.assign(this, { name, token, answered, told });
    this.mine = new Set();
    this.entries = this.stored();
    this.entries.forEach((entry) => {
      entry.late = true;
      this.mine.add(entry.idem);
    });
    addEventListener("online", () => this.work());
  }

  add(address, fields) {
    const entry = { address, fields, at: new Date().toISOString(), idem: newKey() };
    this.mine.add(entry.idem);
    this.entries.push(entry);
    this.keep();
    this.work();
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    while (this.entries.length) {
      const answer = await this.send(this.entries[0]);
      if (answer.ok) {
        const entry = this.entries.shift();
        this.keep();
        this.answered(entry, answer.text);
        if (entry.late) this.told(this.entries.length ? "waiting" : "sent");
      } else {
        for (const entry of this.entries) entry.late = true;
        this.keep();
        this.told(answer.ended ? "ended" : "waiting");
        if (answer.ended) break;
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
    this.busy = false;
  }

  async send({ address, fields, at, idem }) {
    const body = new URLSearchParams(fields);
    body.set("csrf_token", this.token());
    body.set("idem", idem);
    if (address === "/desk/scan") body.set("at", at);
    const headers = { "X-Fragment": "desk", "X-Sent-At": new Date().toISOString() };
    const log = document.querySelector("#log ol");
    if (log) headers["X-Shown"] = `${log.dataset.session}:${log.firstElementChild.dataset.line}`;
    try {
      const answer = await fetch(address, { method: "POST", body, headers });
      if ([400, 401].includes(answer.status)) return { ended: true };
      return { ok: answer.status <= BROKEN, text: await answer.text() };
    } catch {
      return {};
    }
  }

  stored() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) ?? [];
    } catch {
      return [];
    }
  }

  /** What another window of the same account keeps here stays. */
  keep() {
    const others = this.stored().filter((entry) => !this.mine.has(entry.idem));
    const all = [...others, ...this.entries];
    try {
      if (all.length) localStorage.setItem(this.name, JSON.stringify(all));
      else localStorage.removeItem(this.name);
    } catch {
      // a full or forbidden store: what waits lives as long as the page
    }
  }
}

function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
