// Everything here is a comfort: every page reads and every form posts without it.
"use strict";
(() => {
  const { language, numbering, moment: pattern, rendered } = document.body.dataset;
  const locale = numbering && numbering !== "latn" ? `${language}-u-nu-${numbering}` : `${language}-u-nu-latn`;
  const thread = () => document.querySelector("[data-thread]");
  const number = new Intl.NumberFormat(locale);

  // --- times in the reader's own zone; the publication's stays within reach ---
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" }), clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  function localise(root) {
    for (const time of root.querySelectorAll("time[data-moment]")) {
      const moment = new Date(time.dateTime);
      const here = pattern.replace("{1}", day.format(moment)).replace("{0}", clock.format(moment));
      const offset = /(Z|[+-]\d\d:\d\d)$/.exec(time.dateTime)?.[1] ?? "Z";
      const [hours, minutes] = offset === "Z" ? [0, 0] : offset.slice(1).split(":").map(Number);
      const published = (offset[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
      if (-moment.getTimezoneOffset() === published) continue;
      if (time.dataset.moment === "") time.dataset.moment = time.textContent;
      time.title = `${time.dataset.moment} (UTC${offset === "Z" ? "" : offset})`;
      time.textContent = here;
    }
  }

  // --- what is personal: one small request, never part of the page itself ---
  let me = null;
  async function personal() {
    try {
      const answer = await fetch(thread()?.dataset.me ?? `/${language}/me.json`);
      if (!answer.ok) return;
      me = await answer.json();
    } catch { return; }
    mark(document);
  }
  function mark(root) {
    if (!me?.signed_in) return;
    const account = document.querySelector("[data-account]");
    if (account) { account.textContent = me.name; account.dir = "auto"; }
    for (const link of document.querySelectorAll("[data-moderator]")) link.hidden = !me.moderator;
    const mine = new Set(me.own ?? []);
    for (const comment of root.querySelectorAll("li[data-comment]")) {
      const id = Number(comment.dataset.comment), frame = comment.querySelector(".comment-frame");
      if (!frame) continue;
      comment.classList.toggle("own", mine.has(id));
      for (const button of frame.querySelectorAll(".vote button")) {
        button.hidden = mine.has(id);
        const way = button.nextElementSibling ? 1 : -1, chosen = (me.votes?.[id] ?? 0) === way;
        button.setAttribute("aria-pressed", String(chosen));
        button.value = chosen ? "0" : String(way);
      }
      const report = frame.querySelector(".report"), more = frame.querySelector(".more");
      if (report) report.hidden = mine.has(id);
      if (more) more.hidden = !mine.has(id) && !me.moderator;
    }
  }

  // --- a page that keeps up: what changed is fetched again and grafted in, what one writes is left alone ---
  const isBusy = (node) => node.nodeType === Node.ELEMENT_NODE &&
    [...node.querySelectorAll("[data-keep] textarea")].some((area) => area.value.trim());
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
      if (!isBusy(old)) old.replaceWith(document.importNode(fresh, true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if (old.matches("[data-keep]") || old.isEqualNode(fresh)) return;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    graft(old, fresh);
  }
  function graft(old, fresh) {
    const byId = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let place = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const known = wanted.id ? byId.get(wanted.id) : null;
      if (known) {
        if (known === place) place = place.nextSibling; else old.insertBefore(known, place);
        morph(known, wanted);
      } else if (place && !place.id && !wanted.id && place.nodeName === wanted.nodeName) {
        const next = place.nextSibling;
        morph(place, wanted);
        place = next;
      } else {
        const added = document.importNode(wanted, true);
        if (added.classList?.contains("comment")) added.classList.add("fresh");
        old.insertBefore(added, place);
      }
    }
    while (place) {
      const next = place.nextSibling;
      if (!isBusy(place)) place.remove();
      place = next;
    }
  }
  // What one reads stays where it is while things arrive above it.
  function steadily(change) {
    const seen = scrollY > 0 && [...document.querySelectorAll(".comment-frame, .body > *")]
      .find((one) => one.getBoundingClientRect().bottom > 0);
    const before = seen ? seen.getBoundingClientRect().top : 0;
    change();
    if (seen?.isConnected) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
  }
  async function fetched(address, part) {
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 410) { location.reload(); return null; }
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector(part);
  }
  async function renew(whole) {
    const shown = thread();
    const [old, fresh] = !whole && shown
      ? [shown, await fetched(shown.dataset.fragment + location.search, "[data-thread]")]
      : [document.getElementById("main"), await fetched(location.pathname + location.search, "#main")];
    if (!fresh) return;
    steadily(() => { morph(old, fresh); localise(old); mark(old); branches(old); });
    const counted = document.querySelector(".article .comment-count"), heading = document.querySelector(".thread-heading");
    if (counted && heading) counted.textContent = heading.textContent;
    await personal();
  }
  const queue = { timer: 0, running: false, wanted: false, whole: false, failures: 0 };
  function soon(whole) {
    queue.wanted = true;
    queue.whole ||= whole;
    if (queue.running) return;
    clearTimeout(queue.timer);
    queue.timer = setTimeout(async () => {
      const asked = queue.whole;
      queue.running = true;
      queue.wanted = queue.whole = false;
      try { await renew(asked); queue.failures = 0; } catch {
        queue.wanted = true;
        queue.whole ||= asked;
        queue.failures += 1;
      }
      queue.running = false;
      if (queue.wanted) soon(queue.whole);
    }, Math.min(120 * 2 ** queue.failures, 30_000));
  }
  function listen() {
    const topics = [...document.querySelectorAll(".article[data-document], .teaser[data-document]")]
      .map((one) => `document:${one.dataset.document}`).slice(0, 19);
    if (thread()) topics.push(`thread:${thread().dataset.thread}`);
    if (!topics.length) return;
    const source = new EventSource(`/live?topics=${topics}&language=${language}&rendered=${rendered}`);
    const story = document.querySelector(".article")?.dataset.document;
    const inThread = ({ data }) => thread() && String(JSON.parse(data).document ?? "") !== story;
    for (const name of ["comment", "comment-changed", "score", "thread"]) source.addEventListener(name, () => soon(false));
    for (const name of ["edition", "document"]) source.addEventListener(name, (event) => soon(!inThread(event)));
    source.addEventListener("reload", () => soon(true));
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // --- votes, answers and reports in the open page (htmx); with a modifier key a link is a link ---
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!window.htmx || !form.matches("form.vote") || !event.submitter) return;
    event.preventDefault();
    htmx.ajax("POST", form.action, { source: form, target: form, swap: "outerHTML", values: { value: event.submitter.value } })
      .then(personal);
  });
  function open(slot, address) {
    return htmx.ajax("GET", address, { source: slot, target: slot, swap: "innerHTML" }).then(() => {
      const field = [...slot.querySelectorAll("textarea, input:not([type=hidden]), select, button, a")].find((one) => one.offsetParent);
      field?.focus();
      if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
      slot.querySelectorAll("textarea").forEach(count);
      slot.scrollIntoView({ block: "nearest" });
    });
  }
  const IN_PLACE = ".comment-actions a, .comment-choices a[href*='/edit/'], .comment-choices a[href*='/delete/'], .comment-choices a[href*='/language/'], a.write";
  document.addEventListener("click", (event) => {
    if (!window.htmx || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a");
    if (!link) return;
    const slot = link.closest(".slot");
    if (slot && link.matches(".cancel")) {
      event.preventDefault();
      close(slot);
      return;
    }
    if (!link.matches(IN_PLACE)) return;
    const place = slot ?? link.closest(".comment-frame")?.querySelector(".slot") ?? document.getElementById("slot-thread");
    if (!place || !thread()) return;
    event.preventDefault();
    if (isBusy(place.parentElement) && link.matches(".quote")) insert(place.querySelector("textarea"), link.href);
    else open(place, link.getAttribute("href"));
  });
  function close(slot) {
    const opener = slot.parentElement.querySelector(".reply, a.write");
    slot.replaceChildren();
    opener?.focus();
  }
  document.addEventListener("keydown", (event) => {
    const slot = event.key === "Escape" && event.target.closest?.(".slot");
    if (slot && !isBusy(slot.parentElement)) close(slot);
    const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea");
    if (isSend) event.target.form?.requestSubmit();
  });
  document.addEventListener("comment-stored", async (event) => {
    try { await renew(false); } catch { soon(false); return; }
    const stored = document.getElementById(`c${event.detail.comment}`);
    stored?.scrollIntoView({ block: "nearest" });
    stored?.querySelector("a.permalink")?.focus({ preventScroll: true });
  });
  addEventListener("beforeunload", (event) => { if (isBusy(document.body) && !submitting) event.preventDefault(); });
  let submitting = false;
  document.addEventListener("submit", () => { submitting = true; setTimeout(() => { submitting = false; }, 3000); });

  // --- a branch folds under its first comment ---
  const folded = new Set();
  function below(comment) {
    const depth = Number(comment.dataset.depth), found = [];
    for (let next = comment.nextElementSibling; next && Number(next.dataset.depth) > depth; next = next.nextElementSibling) found.push(next);
    return found;
  }
  function branches(root) {
    for (const button of root.querySelectorAll("button.branch")) {
      const comment = button.closest("li[data-comment]");
      button.hidden = !below(comment).length;
      button.setAttribute("aria-expanded", String(!folded.has(comment.id)));
    }
    const hidden = new Set([...folded].flatMap((id) => below(document.getElementById(id) ?? document.body)));
    for (const comment of document.querySelectorAll("li[data-comment]")) comment.hidden = hidden.has(comment);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.branch");
    if (!button) return;
    const { id } = button.closest("li[data-comment]");
    if (!folded.delete(id)) folded.add(id);
    branches(document);
  });
  addEventListener("hashchange", () => { // what a link leads to is shown
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.hidden) return;
    folded.clear();
    branches(document);
    target.scrollIntoView();
  });

  // --- quoting: select words of the article or of a comment, press the button; the server snaps to sentences ---
  let offer = null;
  function withdraw() { offer?.remove(); offer = null; }
  function holderOf(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element?.closest(".slot, .comment-meta, .comment-actions, .quotation-of") ? null : element?.closest(".article[data-document], .comment[data-document]");
  }
  function offerQuote() {
    const selection = getSelection();
    const text = selection.isCollapsed ? "" : selection.toString().trim();
    const holder = text && selection.rangeCount ? holderOf(selection.getRangeAt(0).startContainer) : null;
    if (!holder || !thread()?.dataset.quote || !document.getElementById("slot-thread")) { withdraw(); return; }
    withdraw();
    const box = selection.getRangeAt(0).getBoundingClientRect();
    offer = document.createElement("button");
    offer.type = "button";
    offer.className = "button quote-button";
    offer.textContent = thread().dataset.quoteLabel;
    offer.style.insetBlockStart = `${scrollY + box.bottom + 6}px`;
    offer.style.left = `${scrollX + Math.max(8, Math.min(box.left, innerWidth - 120))}px`;
    const query = new URLSearchParams({ document: holder.dataset.document, text });
    offer.addEventListener("click", () => { quote(holder, query); });
    offer.addEventListener("mousedown", (event) => event.preventDefault());
    document.body.append(offer);
  }
  async function quote(holder, query) {
    const shown = thread();
    const originals = new URLSearchParams(location.search).get("original");
    if (originals) query.set("original", originals);
    let found;
    try { found = await (await fetch(`${shown.dataset.quote}?${query}`)).json(); } catch { return; } finally { withdraw(); }
    getSelection().removeAllRanges();
    const writing = [...document.querySelectorAll(".slot textarea[data-counter]")].pop();
    if (writing) { put(writing, found.markdown); return; }
    const reply = holder.querySelector("a.reply"), slot = holder.querySelector(".slot") ?? document.getElementById("slot-thread");
    const address = reply ? reply.getAttribute("href") : shown.dataset.write;
    await open(slot, `${address}?quote=${encodeURIComponent(found.quote)}`);
  }
  async function insert(area, address) {
    const part = await (await fetch(address, { headers: { "HX-Request": "true" } })).text();
    put(area, new DOMParser().parseFromString(part, "text/html").querySelector("textarea")?.value.trimStart() ?? "");
  }
  function put(area, markdown) {
    const lead = area.value && !area.value.endsWith("\n\n") ? (area.value.endsWith("\n") ? "\n" : "\n\n") : "";
    area.setRangeText(lead + markdown, area.value.length, area.value.length, "end");
    area.focus();
    area.scrollIntoView({ block: "nearest" });
    count(area);
  }
  document.addEventListener("selectionchange", () => { clearTimeout(offerQuote.timer); offerQuote.timer = setTimeout(offerQuote, 150); });

  // --- a counter beside every limited text ---
  function count(area) {
    const limit = Number(area.dataset.longest), shown = area.form?.querySelector(".counter");
    if (!shown || !limit) return;
    const length = [...area.value].length;
    shown.hidden = !length;
    shown.textContent = `${number.format(length)} / ${number.format(limit)}`;
    shown.classList.toggle("exceeded", length > limit);
  }
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-longest]")) count(event.target); });
  document.querySelectorAll("textarea[data-longest]").forEach(count);

  // --- an explicit choice of language is remembered ---
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.("a[data-choose]");
    if (!chosen) return;
    const body = new URLSearchParams({ language: chosen.dataset.choose });
    fetch(`/${language}/preferences/`, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.languages[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.languages[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  localise(document);
  branches(document);
  personal();
  listen();
})();
