// What waits to be sent, in order. It survives reload and crash; nothing is done twice, since the
// server answers a key that comes again with its first answer.

const RETRY_MS = 2000;
const BROKEN = 500; // comes again; 502 to 504 pass

export class Queue {
  /** `answered` gets an entry and what came back; `told` waiting, ended or sent. */
  constructor({ name, answered, told }) {
    Object.assign(this, { name, answered, told });
    this.entries = this.stored().map((entry) => ({ ...entry, late: true }));
    this.mine = new Set(this.entries.map(({ idem }) => idem));
    addEventListener("online", () => this.work());
    this.work();
  }

  add(address, fields) {
    const at = new Date().toISOString();
    const idem = at + Math.random(); // keys are kept by account
    this.mine.add(idem);
    this.entries.push({ address, fields, at, idem, late: this.failing });
    this.keep();
    if (this.failing) this.told("waiting");
    this.work();
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    while (this.entries.length) {
      const [entry] = this.entries;
      const { text, ended } = await this.send(entry);
      this.failing = text === undefined;
      if (this.failing) {
        for (const each of this.entries) each.late = true;
        this.keep();
        this.told(ended ? "ended" : "waiting");
        if (ended) break;
        await new Promise((done) => setTimeout(done, RETRY_MS));
      } else {
        this.entries.shift();
        this.keep();
        this.answered(entry, text);
        if (entry.late) this.told(this.entries.length ? "waiting" : "sent");
      }
    }
    this.busy = false;
  }

  async send({ address, fields, at, idem }) {
    const body = new URLSearchParams(fields);
    body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
    body.set("idem", idem);
    if (address === "/desk/scan") body.set("at", at);
    const headers = { "X-Fragment": "desk", "X-Sent-At": new Date().toISOString() };
    const log = document.querySelector("#log ol");
    if (log) headers["X-Shown"] = `${log.dataset.session}:${log.firstElementChild.dataset.line}`;
    try {
      const answer = await fetch(address, { method: "POST", body, headers });
      if (answer.status === 400 || answer.status === 401) return { ended: true };
      return answer.status > BROKEN ? {} : { text: await answer.text() };
    } catch {
      return {};
    }
  }

  stored() {
    return JSON.parse(localStorage.getItem(this.name)) ?? [];
  }

  /** Keep what waits, beside what another window of the same account keeps. */
  keep() {
    const others = this.stored().filter(({ idem }) => !this.mine.has(idem));
    localStorage.setItem(this.name, JSON.stringify([...others, ...this.entries]));
  }
}
