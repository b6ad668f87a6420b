// What the server cannot do: tick the clock, keep the newest line in sight, copy, move by arrows.

const NEAR_PX = 80;

function ticking(shown) {
  const began = Date.now();
  const first = Date.parse(shown.textContent.replace(" ", "T") + "+08:00");
  return () => {
    if (shown.dataset.running !== "1") return;
    const at = new Date(first + (Date.now() - began) * Number(shown.dataset.speed) + 8 * 3600e3);
    shown.textContent = at.toISOString().slice(0, 19).replace("T", " ");
  };
}

let tick = () => {};
setInterval(() => tick(), 1000);

function isNearEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
}

const seen = new Map(); // id of a log -> the chat it shows and the number of its newest line
const atEnd = new Map(); // id of a log -> whether its reader is at the newest line

function keepNewest() {
  for (const log of document.querySelectorAll("[data-log]")) {
    const chat = log.closest(".chat").querySelector("h3").textContent;
    const now = `${chat} ${log.dataset.log}`;
    const before = seen.get(log.id) ?? "";
    if (before !== now && (atEnd.get(log.id) || !before.startsWith(`${chat} `))) {
      log.scrollTop = log.scrollHeight;
    }
    atEnd.set(log.id, isNearEnd(log));
    seen.set(log.id, now);
  }
}

function refresh() {
  const shown = document.getElementById("now");
  if (shown) tick = ticking(shown);
  keepNewest();
}

document.addEventListener("scroll", (event) => {
  const log = event.target;
  if (log.dataset?.log !== undefined) atEnd.set(log.id, isNearEnd(log));
}, true);

// News are asked for only while nothing else is under way: an answer to an older question would
// bring an older view back.
let asking = 0;
let isStale = false;

function freshen() {
  if (!isStale || asking) return;
  isStale = false;
  const page = document.getElementById("page");
  htmx.ajax("GET", page.dataset.address, { source: page, target: page, push: "false" });
}

const isOurs = (event) => event.detail.ctx.sourceElement.id !== "live";
document.addEventListener("htmx:before:request", (event) => { asking += isOurs(event) ? 1 : 0; });
document.addEventListener("htmx:finally:request", (event) => {
  asking -= isOurs(event) ? 1 : 0;
  freshen();
});
document.getElementById("live").addEventListener("changed", () => {
  isStale = true;
  freshen();
});

document.addEventListener("htmx:after:swap", refresh);
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  if (sourceElement.matches?.("[data-clears]") && response.status < 400) sourceElement.reset();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits] select")) event.target.form.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const told = document.getElementById("told");
  told.textContent = told.dataset.copied;
});

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.activeElement.closest("details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  const list = event.target.closest("[data-arrows]");
  const step = STEPS[event.key];
  if (!list || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...list.querySelectorAll("a")];
  const next = links[links.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

refresh();
