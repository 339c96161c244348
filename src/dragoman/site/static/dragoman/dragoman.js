// Everything here is a comfort: every page reads and every form posts without it.
"use strict";
document.documentElement.classList.add("scripted");
(() => {
  const { language, numbering, moment: pattern, rendered } = document.body.dataset;
  const locale = numbering && numbering !== "latn" ? `${language}-u-nu-${numbering}` : `${language}-u-nu-latn`;
  const thread = () => document.querySelector("[data-thread]");
  const COMMENT = "li.comment[id]", idOf = (comment) => Number(comment.id.slice(1));
  const number = new Intl.NumberFormat(locale), plurals = new Intl.PluralRules(language);
  const words = () => JSON.parse(thread()?.dataset.words ?? "{}");
  const counted = (forms, count) => (forms[plurals.select(count)] ?? forms.other).replace("{number}", number.format(count));

  // --- what this browser remembers; it may refuse to. Other scripts of ours keep things by these, too ---
  function recall(store, key) {
    try { return JSON.parse(window[store].getItem(`dragoman ${key}`)); } catch { return null; }
  }
  function remember(store, key, value) { // gives whether it does: it may be full, or forbidden
    try { window[store].setItem(`dragoman ${key}`, JSON.stringify(value)); return true; } catch { return false; }
  }
  function forget(store, key) {
    try { window[store].removeItem(`dragoman ${key}`); } catch { /* nothing is kept */ }
  }
  function remembered(store, start) { // the keys that begin so
    try { return Object.keys(window[store]).filter((name) => name.startsWith(`dragoman ${start}`)).map((name) => name.slice(9)); } catch { return []; }
  }
  window.dragoman = { recall, remember, forget, remembered };

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

  document.addEventListener("htmx:load", ({ target }) => localise(target));

  document.addEventListener("submit", ({ target }) => { // drafts are nobody else's business on a shared machine
    if (!/\/account\/logout\//.test(target.action)) return;
    for (const key of remembered("localStorage", "draft ")) forget("localStorage", key);
  });

  // --- what is personal: one small request, never part of the page itself ---
  let me = null;
  async function personal() {
    try {
      const answer = await fetch(thread()?.dataset.me ?? `/${language}/me.json`);
      if (!answer.ok) return;
      me = await answer.json();
    } catch { return; }
    mark(document);
    notice(false);
    if (me.told_here && thread()?.dataset.seen && document.visibilityState === "visible") seen();
  }
  async function seen() { // of a followed discussion nothing is new any more: it is on the screen
    try { await fetch(thread().dataset.seen, { method: "POST" }); } catch { return; }
    me.told_here = false;
    me.unread -= 1;
    ring();
  }
  function ring() {
    for (const bell of document.querySelectorAll("[data-bell]")) {
      const shown = bell.querySelector(".bell-count");
      bell.hidden = false;
      shown.hidden = !(me.unread > 0);
      shown.textContent = me.unread < 100 ? number.format(me.unread) : `${number.format(99)}+`;
    }
    for (const link of document.querySelectorAll("a[data-follow]")) { // now it switches, where it stands
      link.setAttribute("role", "button");
      link.setAttribute("aria-pressed", String(Boolean(me.follows)));
    }
  }
  const personOf = (frame) => Number(/\/people\/(\d+)\//.exec(frame.querySelector(".comment-meta a.author")?.getAttribute("href") ?? "")?.[1]);
  const opened = new Set(); // ignored comments that one looks at all the same
  function foldIgnored(comment, frame, isIgnored) {
    comment.classList.toggle("ignored", isIgnored);
    comment.classList.toggle("ignored-open", isIgnored && opened.has(comment.id));
    const opener = frame.querySelector(":scope > .ignored-show");
    if (!isIgnored) { opener?.remove(); return; }
    if (opener || !thread()?.dataset.ignored) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ignored-show";
    button.textContent = thread().dataset.ignored;
    button.setAttribute("aria-expanded", String(opened.has(comment.id)));
    button.addEventListener("click", () => {
      if (!opened.delete(comment.id)) opened.add(comment.id);
      button.setAttribute("aria-expanded", String(comment.classList.toggle("ignored-open")));
    });
    frame.prepend(button);
  }
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && me?.signed_in) personal(); });
  document.addEventListener("click", async (event) => {
    const link = plainly(event) && event.target.closest?.("a[data-follow]");
    if (!link || !me?.signed_in) return;
    event.preventDefault();
    const body = new URLSearchParams({ follow: me.follows ? "0" : "1" });
    answered();
    let answer;
    try { answer = await fetch(link.href, { method: "POST", body, headers: { "HX-Request": "true" } }); } catch { /* said below */ }
    if (answer?.status === 204) { me.follows = !me.follows; ring(); }
    else if (answer?.status < 500) location.href = link.href; // it says why
    else unanswered(link);
  });
  document.addEventListener("keydown", (event) => { // a button is pressed with the space bar, too
    if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });
  function mark(root) {
    if (!me) return;
    const account = document.querySelector("[data-account]");
    if (account && me.signed_in) { account.textContent = me.name; account.dir = "auto"; }
    for (const link of document.querySelectorAll("[data-moderator]")) link.hidden = !me.moderator;
    if (me.signed_in) ring();
    const mine = new Set(me.own ?? []), ignored = new Set(me.ignored ?? []);
    for (const comment of root.querySelectorAll(COMMENT)) {
      const id = idOf(comment), frame = comment.querySelector(":scope > .comment-frame");
      if (!frame) continue;
      comment.classList.toggle("own", mine.has(id));
      foldIgnored(comment, frame, ignored.has(personOf(frame)));
      for (const button of frame.querySelectorAll(".vote button")) {
        button.hidden = mine.has(id);
        const way = button.nextElementSibling ? 1 : -1, chosen = (me.votes?.[id] ?? 0) === way;
        button.setAttribute("aria-pressed", String(chosen));
        button.value = chosen ? "0" : String(way);
      }
      const report = frame.querySelector(".report"), more = frame.querySelector(".more");
      if (report) report.hidden = mine.has(id);
      own(frame, "edit", me.edit?.includes(id), words().edit)?.setAttribute("data-until", me.editable_until?.[id]);
      own(frame, "delete", me.delete?.includes(id), words().remove);
      if (more) more.hidden = !mine.has(id) && !me.moderator;
    }
  }

  function own(frame, kind, isOffered, label) {
    const more = frame.querySelector(".more"), known = frame.querySelector(`.comment-actions > .${kind}`);
    if (!isOffered || !more) { known?.remove(); return null; }
    if (known) return known;
    const link = document.createElement("a");
    link.className = kind;
    link.rel = "nofollow";
    link.href = `${more.form.getAttribute("action")}${kind}/`;
    link.textContent = label;
    more.form.append(link);
    comforts(true);
    return link;
  }

  // --- the comforts of writing come when somebody writes ---
  let asked = false;
  function comforts(isWanted) {
    if (asked || !isWanted) return;
    asked = true;
    const script = document.createElement("script");
    script.src = document.body.dataset.writing;
    document.head.append(script);
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
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !["open", "tabindex"].includes(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
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
        old.insertBefore(document.importNode(wanted, true), place);
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
    const inView = [...document.querySelectorAll(".comment-frame, .body > *, .thread-head")].filter((one) => {
      const { top, bottom, height } = one.getBoundingClientRect();
      return height && bottom > 0 && top < innerHeight;
    });
    const places = inView.map((one) => one.getBoundingClientRect().top);
    change();
    const kept = inView.findIndex((one) => one.isConnected && one.getClientRects().length);
    if (kept >= 0) scrollBy({ top: inView[kept].getBoundingClientRect().top - places[kept], behavior: "instant" });
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
    await lengthen(fresh.closest("[data-thread]") ?? fresh.querySelector("[data-thread]"));
    const held = old.contains(document.activeElement);
    steadily(() => { morph(old, fresh); localise(old); mark(old); notice(true); });
    const counted = document.querySelector(".article .comment-count"), heading = document.querySelector(".thread-heading");
    if (held && heading && !old.contains(document.activeElement)) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
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
    const away = (is) => { for (const note of document.querySelectorAll("[data-away]")) note.hidden = !is; };
    source.addEventListener("away", () => away(true));
    source.addEventListener("back", () => { away(false); soon(true); });
    source.addEventListener("open", () => away(false));
    source.addEventListener("error", () => { // a proxy that lets no stream through: ask now and then
      if (source.readyState !== EventSource.CLOSED) return;
      away(true);
      setInterval(() => { if (!document.hidden) soon(true); }, 30_000);
    });
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // --- nobody answers, or somebody in the server's place: it is said beside what one did, and all of it stays ---
  function unanswered(near) {
    answered();
    const form = near.closest("form.form"), slot = near.closest(".slot") ?? near.closest(".comment-frame")?.querySelector(".slot");
    const said = document.createElement("p");
    said.className = "errors unanswered";
    said.setAttribute("role", "alert");
    said.textContent = document.body.dataset.unanswered;
    if (form) form.querySelector("[type=submit]").closest("p").before(said); else if (slot) slot.prepend(said); else near.closest("p").after(said);
    said.scrollIntoView({ block: "nearest" });
  }
  function answered() { for (const said of document.querySelectorAll(".unanswered")) said.remove(); }
  document.addEventListener("htmx:beforeRequest", answered);
  for (const fault of ["sendError", "timeout", "responseError"]) document.addEventListener(`htmx:${fault}`, ({ detail }) => unanswered(detail.elt));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => { // a whole page was not made for here
    const { status, response } = detail.xhr;
    if (status !== 200 || !/<html[\s>]/i.test(response)) return;
    detail.shouldSwap = false;
    unanswered(detail.requestConfig.elt);
  });

  // --- votes, answers and reports in the open page (htmx); with a modifier key a link is a link ---
  const ACTS = { reply: "reply/", quote: "reply/?quote=comment", report: "report/" }; // a comment's own address leads there, too
  document.addEventListener("submit", (event) => {
    const form = event.target, pressed = event.submitter;
    if (!window.htmx || !pressed || !form.matches(".comment-actions")) return;
    const address = form.getAttribute("action"), target = pressed.closest(".vote");
    if (target) {
      event.preventDefault();
      htmx.ajax("POST", `${address}vote/`, { source: target, target, swap: "outerHTML", values: { value: pressed.value } }).then(personal, () => {});
    } else if (thread()) {
      event.preventDefault();
      turnTo(form.parentElement.querySelector(".slot"), address + (ACTS[pressed.value] ?? ""), pressed.matches(".quote"));
    }
  });
  function turnTo(slot, address, isQuote) {
    if (isQuote && isBusy(slot.parentElement)) insert(slot.querySelector("textarea"), address);
    else open(slot, address);
  }
  function open(slot, address) {
    return htmx.ajax("GET", address, { source: slot, target: slot, swap: "innerHTML" }).then(() => {
      const field = [...slot.querySelectorAll("textarea, input:not([type=hidden]), select, button, a")].find((one) => one.offsetParent);
      field?.focus();
      if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
      slot.querySelectorAll("textarea").forEach(count);
      comforts(true);
      slot.scrollIntoView({ block: "nearest" });
    }, () => {});
  }
  const plainly = (event) => !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const IN_PLACE = ".comment-actions a, .comment-choices a[href*='/edit/'], .comment-choices a[href*='/delete/'], .comment-choices a[href*='/language/'], .comment-choices a[href*='/moderation/comments/'], a.write";
  document.addEventListener("click", (event) => {
    if (!window.htmx || !plainly(event)) return;
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
    open(place, link.getAttribute("href"));
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
  document.addEventListener("comment-stored", async ({ target, detail }) => {
    try { await renew(false); } catch { soon(false); return; }
    const at = document.activeElement; // who has gone on to something else meanwhile stays there
    if (at && at !== document.body && !at.matches(".thread-heading") && !target.contains(at)) return;
    const stored = document.getElementById(`c${detail.comment}`), link = stored?.querySelector(":scope > .comment-frame a.permalink");
    const place = link ?? stored ?? document.querySelector(".thread-heading"); // deleted, it is less than it was, or nothing
    if (!link) place.tabIndex = -1;
    (stored ?? place).scrollIntoView({ block: "nearest" });
    place.focus({ preventScroll: true });
  });
  addEventListener("beforeunload", (event) => { if (isBusy(document.body) && !submitting) event.preventDefault(); });
  let submitting = false;
  document.addEventListener("submit", ({ defaultPrevented }) => { submitting ||= !defaultPrevented; setTimeout(() => { submitting = false; }, 3000); });

  // --- branches fold by themselves (details); this tab remembers which ---
  const foldedKey = () => `folded ${thread()?.dataset.thread}`;
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches("details.answers")) return;
    const folded = new Set(recall("sessionStorage", foldedKey()) ?? []);
    folded[target.open ? "delete" : "add"](target.parentElement.id);
    remember("sessionStorage", foldedKey(), [...folded]);
  }, true);
  function fold() {
    for (const id of recall("sessionStorage", foldedKey()) ?? []) {
      const branch = document.querySelector(`#${CSS.escape(id)} > details.answers`);
      if (branch) branch.open = false;
    }
    reveal(document.getElementById(location.hash.slice(1)));
  }
  function reveal(target, block = "start") { // what a link leads to is shown
    if (!target) return;
    for (let one = target.parentElement.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    target.scrollIntoView({ block });
  }
  addEventListener("hashchange", () => reveal(document.getElementById(location.hash.slice(1))));
  document.addEventListener("click", (event) => { // a comment that stands on this page is found on it
    const link = plainly(event) && event.target.closest("a[href*='/c/']");
    const found = link && /^\/c\/(\d+)$/.exec(link.pathname);
    if (!found || !document.getElementById(`c${found[1]}`)) return;
    event.preventDefault();
    location.hash = `c${found[1]}`;
  });

  // --- more comments: the next page, or the rest of a long branch, joins those that are there ---
  const MORE = "a.more-comments, .more-answers > a", joined = []; // the queries of joined pages, in their order
  const nextPage = async (search) => fetched(thread().dataset.fragment + search, "[data-thread]");
  async function lengthen(whole) {
    for (const search of joined) {
      const link = [...whole?.querySelectorAll(MORE) ?? []].find((one) => one.search === search);
      if (link) join(whole, await nextPage(search), link);
    }
  }
  function join(whole, page, link) {
    const isBranch = !link.matches(".more-comments"), holder = link.parentElement;
    let last = holder;
    for (const one of [...page.querySelector(".comments")?.children ?? []]) {
      if (whole.querySelector(`#${one.id}`)) continue;
      const above = one.dataset.parent && whole.querySelector(`#c${one.dataset.parent}`);
      const list = above ? listUnder(above) : isBranch ? last.parentElement : whole.querySelector(".comments");
      const added = document.importNode(one, true);
      list.append(added);
      last = added;
    }
    for (const branch of whole.querySelectorAll("details.answers")) {
      const text = counted(words().answers, branch.querySelectorAll(".comment:not(.tombstone)").length || 1);
      if (branch.firstElementChild.textContent !== text) branch.firstElementChild.textContent = text;
    }
    const following = !isBranch && page.querySelector("a.more-comments")?.parentElement;
    if (following) holder.replaceWith(document.importNode(following, true)); else holder.remove();
  }
  function listUnder(above) {
    let depth = 0;
    for (let list = above.parentElement; list; list = list.parentElement.closest(".comments")) depth += 1;
    if (depth > 24) return above.parentElement; // browsers give up on deeper trees
    let branch = above.querySelector(":scope > details.answers");
    if (!branch) {
      branch = document.createElement("details");
      branch.className = "answers";
      branch.open = true;
      branch.append(document.createElement("summary"), document.createElement("ol"));
      branch.lastElementChild.className = "comments";
      above.append(branch);
    }
    return branch.lastElementChild;
  }
  document.addEventListener("click", async (event) => {
    const link = plainly(event) && thread() && event.target.closest(MORE);
    if (!link) return;
    event.preventDefault();
    if (link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const page = await nextPage(link.search), here = link.isConnected && page;
      if (!here) return;
      const first = [...page.querySelectorAll(COMMENT)].find((one) => !document.getElementById(one.id));
      joined.push(link.search);
      steadily(() => { join(thread(), page, link); localise(thread()); mark(thread()); notice(false); });
      document.getElementById(first?.id)?.querySelector("a.permalink")?.focus({ preventScroll: true });
    } catch { location.assign(link.href); }
  });

  // --- what one has not seen yet: since the last visit, and what arrives while one reads ---
  const known = new Set(), fresh = new Set(), unread = new Set();
  const visitKey = () => `visit ${thread()?.dataset.thread}`;
  const lastVisit = recall("localStorage", visitKey()) ?? Infinity;
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      unread.delete(target.parentElement.id);
    }
    pill();
  }, { rootMargin: "0px 0px -48px" });
  function notice(live) {
    const mine = new Set(me?.own ?? []);
    for (const comment of document.querySelectorAll(COMMENT)) {
      const id = idOf(comment), frame = comment.querySelector(":scope > .comment-frame");
      const isFresh = !known.has(id) && (live || id > lastVisit);
      if (isFresh && frame && !mine.has(id)) { unread.add(comment.id); watcher.observe(frame); }
      known.add(id);
      if (isFresh) fresh.add(comment.id);
      if (mine.has(id)) { fresh.delete(comment.id); unread.delete(comment.id); }
      comment.classList.toggle("fresh", fresh.has(comment.id));
    }
    if (document.querySelector(".pill")) pill();
  }
  function pill() {
    const waiting = [...unread].filter((id) => document.getElementById(id));
    let button = document.querySelector(".pill");
    if (!waiting.length) { button?.remove(); return; }
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "button pill";
      button.addEventListener("click", () => {
        const next = [...document.querySelectorAll("li.fresh")].find((one) => unread.has(one.id));
        if (!next) return;
        reveal(next, "center");
        unread.delete(next.id);
        next.querySelector("a.permalink")?.focus({ preventScroll: true });
        pill();
      });
      document.body.append(button);
    }
    button.textContent = counted(words().fresh, waiting.length);
  }
  addEventListener("pagehide", () => {
    if (known.size) remember("localStorage", visitKey(), Math.max(...known, lastVisit === Infinity ? 0 : lastVisit));
  });

  // --- share: the device's own way, the clipboard, or the address to copy by hand ---
  document.addEventListener("click", async (event) => {
    const comment = event.target.closest(".share")?.closest(COMMENT);
    if (!comment) return;
    const url = new URL(`/c/${idOf(comment)}`, location).href;
    if (navigator.share) {
      try { await navigator.share({ title: document.title, url }); return; } catch (fault) { if (fault.name === "AbortError") return; }
    }
    try { await navigator.clipboard.writeText(url); say(words().copied); } catch { prompt(words().copy, url); }
  });
  function say(sentence) {
    const said = document.createElement("p");
    said.className = "said";
    said.setAttribute("role", "status");
    document.body.append(said);
    requestAnimationFrame(() => { said.textContent = sentence; });
    setTimeout(() => said.remove(), 4000);
  }

  // --- quoting: select words of the article or of a comment, press the button; the server snaps to sentences ---
  let offer = null;
  function withdraw() { offer?.remove(); offer = null; }
  function holderOf(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element?.closest(".slot, .comment-meta, .comment-actions, .quotation-of") ? null : element?.closest(`.article[data-document], ${COMMENT}`);
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
    offer.textContent = words().quote;
    offer.style.insetBlockStart = `${scrollY + box.bottom + 6}px`;
    offer.style.left = `${scrollX + Math.max(8, Math.min(box.left, innerWidth - 120))}px`;
    const query = new URLSearchParams(holder.matches(COMMENT) ? { comment: idOf(holder), text } : { document: holder.dataset.document, text });
    offer.addEventListener("click", () => { quote(holder, query); });
    offer.addEventListener("mousedown", (event) => event.preventDefault());
    document.body.append(offer);
  }
  async function quote(holder, query) {
    const shown = thread();
    const originals = new URLSearchParams(location.search).get("original");
    if (originals) query.set("original", originals);
    let found;
    try { found = await (await fetch(`${shown.dataset.quote}?${query}`)).json(); } catch { unanswered(document.getElementById("slot-thread")); return; } finally { withdraw(); }
    getSelection().removeAllRanges();
    const writing = [...document.querySelectorAll(".slot textarea[data-counter]")].pop();
    if (writing) { put(writing, found.markdown); return; }
    const acts = holder.querySelector(".comment-actions"), slot = holder.querySelector(".slot") ?? document.getElementById("slot-thread");
    const address = acts ? `${acts.getAttribute("action")}reply/` : shown.dataset.write;
    await open(slot, `${address}?quote=${encodeURIComponent(found.quote)}`);
  }
  async function insert(area, address) {
    try {
      const part = await (await fetch(address, { headers: { "HX-Request": "true" } })).text();
      put(area, new DOMParser().parseFromString(part, "text/html").querySelector("textarea").value.trimStart());
    } catch { unanswered(area); }
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

  // --- "@" offers the names of those who take part; who types on need not look ---
  let picking = null;
  const participants = () => [...new Set([...document.querySelectorAll("#comments .comment-meta a.author bdi")].map((one) => one.textContent))];
  function stopPicking() {
    picking?.list.remove();
    picking?.area.removeAttribute("aria-activedescendant");
    picking = null;
  }
  function point(index) {
    const options = [...picking.list.children];
    picking.index = (index + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === picking.index)));
    picking.area.setAttribute("aria-activedescendant", options[picking.index].id);
  }
  function choose(index) {
    const { area, start, list } = picking, name = list.children[index].textContent;
    area.setRangeText(`${name} `, start, area.selectionStart, "end");
    stopPicking();
    count(area);
  }
  function offerNames(area) {
    stopPicking();
    const typed = /(?:^|[^\p{L}\p{N}@./])@([^@\n]{0,60})$/u.exec(area.value.slice(0, area.selectionStart))?.[1].toLocaleLowerCase();
    if (typed === undefined) return;
    const fitting = participants().filter((name) => name.toLocaleLowerCase().startsWith(typed)).slice(0, 6);
    if (!fitting.length) return;
    const list = document.createElement("ul");
    list.className = "mention-names";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "@");
    fitting.forEach((name, index) => {
      const option = document.createElement("li");
      option.id = `mention${index}`;
      option.dir = "auto";
      option.setAttribute("role", "option");
      option.textContent = name;
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(index); });
      list.append(option);
    });
    area.insertAdjacentElement("afterend", list);
    picking = { area, list, start: area.selectionStart - typed.length };
    point(0);
  }
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-longest]")) offerNames(event.target); });
  document.addEventListener("focusout", (event) => { if (event.target === picking?.area) stopPicking(); });
  document.addEventListener("keydown", (event) => {
    if (event.target !== picking?.area || event.isComposing) return;
    if (event.key === "ArrowDown") point(picking.index + 1);
    else if (event.key === "ArrowUp") point(picking.index - 1);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(picking.index);
    else if (event.key === "Escape") stopPicking();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
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
  comforts(document.querySelector("form.comment-form"));
  if (thread()) { fold(); notice(false); }
  personal();
  listen();
})();
