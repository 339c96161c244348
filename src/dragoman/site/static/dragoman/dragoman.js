// Everything here is a comfort: every page reads and every form posts without it.
"use strict";
(() => {
  const language = document.body.dataset.language;
  const thread = document.querySelector("[data-thread]");

  // --- times in the reader's own zone: a tooltip, the text stays in the publication's zone ---
  const clock = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  function localise(root) {
    for (const time of root.querySelectorAll("time[data-moment]")) time.title = clock.format(new Date(time.dateTime));
  }

  // --- what is personal: one small request, never part of the page itself ---
  let me = null;
  async function personal() {
    const query = thread ? `?thread=${thread.dataset.thread}` : "";
    try {
      const answer = await fetch(`/${language}/me.json${query}`, { credentials: "same-origin" });
      if (!answer.ok) return;
      me = await answer.json();
    } catch { return; }
    mark(document);
  }
  function mark(root) {
    if (!me) return;
    const account = document.querySelector("[data-account]");
    if (account && me.name) { account.textContent = me.name; account.setAttribute("dir", "auto"); }
    const votes = me.votes || {};
    for (const button of root.querySelectorAll("[data-vote]")) {
      const own = votes[button.dataset.comment] || 0;
      button.setAttribute("aria-pressed", String(own === Number(button.dataset.vote)));
    }
    const editable = new Set((me.editable || []).map(String));
    const deletable = new Set((me.deletable || []).map(String));
    for (const link of root.querySelectorAll("[data-own=edit]")) link.hidden = !editable.has(link.dataset.comment);
    for (const link of root.querySelectorAll("[data-own=delete]")) link.hidden = !deletable.has(link.dataset.comment);
    for (const element of root.querySelectorAll("[data-staff]")) element.hidden = !me.moderator;
  }

  // --- a page that keeps up: what changed is fetched as the page itself and grafted in by id ---
  function morph(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh.cloneNode(true)); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if (old.matches("form, textarea, [data-keep]") && old.contains(document.activeElement)) return;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    children(old, fresh);
  }
  function children(old, fresh) {
    const byId = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let place = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const known = wanted.id ? byId.get(wanted.id) : null;
      if (known) {
        if (known !== place) old.insertBefore(known, place); else place = place.nextSibling;
        byId.delete(wanted.id);
        morph(known, wanted);
      } else if (place && !place.id && !wanted.id && place.nodeName === wanted.nodeName) {
        const next = place.nextSibling;
        morph(place, wanted);
        place = next;
      } else {
        const added = wanted.cloneNode(true);
        if (added.classList?.contains("comment")) added.classList.add("fresh");
        old.insertBefore(added, place);
      }
    }
    while (place) { const next = place.nextSibling; if (!keeps(place)) place.remove(); place = next; }
  }
  const keeps = (node) => node.nodeType === Node.ELEMENT_NODE && node.contains(document.activeElement) && node.matches("form, [data-keep]");

  async function refresh() {
    const answer = await fetch(location.pathname + location.search, { credentials: "same-origin", headers: { "Cache-Control": "no-cache" } });
    if (!answer.ok) { if (answer.status === 410) location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const from = anchor();
    morph(document.getElementById("main"), page.getElementById("main"));
    if (from) scrollBy(0, from.element.getBoundingClientRect().top - from.top);
    localise(document);
    mark(document);
    personal();
  }
  // What one reads stays where it is while things arrive above it.
  function anchor() {
    const element = [...document.querySelectorAll(".comment > article, .body > *")].find((one) => one.getBoundingClientRect().bottom > 0);
    return element && scrollY > 0 ? { element, top: element.getBoundingClientRect().top } : null;
  }
  let waiting = 0, running = false, again = false;
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (running) { again = true; return; }
      running = true;
      try { await refresh(); } catch { again = true; }
      running = false;
      if (again) { again = false; setTimeout(soon, 1000); }
    }, 150);
  }
  function listen() {
    const topics = [...document.querySelectorAll("[data-document]")].slice(0, 1).map((one) => `document:${one.dataset.document}`);
    if (thread) topics.push(`thread:${thread.dataset.thread}`);
    if (!topics.length || !window.EventSource) return;
    const source = new EventSource(`/live?topics=${topics.join(",")}&language=${language}`);
    for (const event of ["comment", "comment-changed", "edition", "document", "score", "thread", "reload"]) source.addEventListener(event, soon);
    addEventListener("pagehide", () => source.close());
  }

  // --- votes without leaving the page ---
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form.vote-form")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "follow" });
    if (answer.redirected && /\/account\/login\//.test(answer.url)) { location.href = answer.url; return; }
    soon();
  });

  // --- quoting: select words of the article or of a comment, press the button; the server snaps to sentences ---
  let button = null;
  function offset(block, node, place) {
    const range = document.createRange();
    range.selectNodeContents(block);
    range.setEnd(node, place);
    return range.toString().length;
  }
  function offerQuote() {
    button?.remove();
    button = null;
    const selection = getSelection();
    if (!thread || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const start = range.startContainer.parentElement?.closest("[data-block]");
    const holder = start?.closest("[data-document]");
    if (!start || !holder?.dataset.revision) return;
    const from = offset(start, range.startContainer, range.startOffset);
    const to = start.contains(range.endContainer) ? offset(start, range.endContainer, range.endOffset) : start.textContent.length;
    const box = range.getBoundingClientRect();
    const [field, block] = start.dataset.block.split(":");
    const query = new URLSearchParams({ document: holder.dataset.document, field, block, start: from, end: to, thread: thread.dataset.thread });
    button = document.createElement("a");
    button.className = "button quote-button";
    button.textContent = thread.dataset.quote || "“ ”";
    button.href = `/${language}/quote/?${query}`;
    button.style.insetBlockStart = `${scrollY + box.bottom + 6}px`;
    button.style.left = `${scrollX + Math.max(8, box.left)}px`;
    document.body.append(button);
  }
  document.addEventListener("selectionchange", () => { clearTimeout(offerQuote.timer); offerQuote.timer = setTimeout(offerQuote, 200); });

  // --- a counter under every limited text ---
  function count(area) {
    const shown = area.form?.querySelector("[data-counter]");
    const limit = Number(area.dataset.limit || area.maxLength);
    if (shown && limit > 0) shown.textContent = new Intl.NumberFormat(language).format(limit - [...area.value].length);
  }
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-limit]")) count(event.target); });
  document.querySelectorAll("textarea[data-limit]").forEach(count);

  localise(document);
  personal();
  listen();
})();
