// Comforts of the form for a comment, fetched when there is one. Everything posts without them.
"use strict";
(() => {
  const { language, numbering } = document.body.dataset;
  const locale = `${language}-u-nu-${numbering || "latn"}`;
  const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 }), number = new Intl.NumberFormat(locale);
  const wordsOf = (form) => JSON.parse(form.dataset.words);

  // --- what one types is kept in this browser until it is sent: per discussion, and per comment that is answered ---
  const { recall, remember, forget, remembered } = window.dragoman, LASTS = 30 * 86_400_000;
  const pathOf = (form) => form.dataset.draft.replace(/^\/[^/]+/, "");
  const draftKey = (form) => `draft ${pathOf(form)}`;
  const drafts = () => remembered("localStorage", "draft ");
  const writtenAt = (key) => recall("localStorage", key)?.at ?? 0;
  function keep(form) {
    const text = form.elements.source.value;
    if (!text.trim()) { forget("localStorage", draftKey(form)); return; }
    const draft = { text, language: form.elements.language?.value, submission: form.elements.submission.value, at: Date.now() };
    const put = () => remember("localStorage", draftKey(form), draft);
    if (put()) return;
    const others = drafts().filter((key) => key !== draftKey(form)).sort((a, b) => writtenAt(a) - writtenAt(b));
    for (const key of others.slice(0, Math.ceil(others.length / 2))) forget("localStorage", key); // full: the oldest make room
    if (!put()) note(form, wordsOf(form).unkept);
  }
  function restore(form) {
    const area = form.elements.source, draft = recall("localStorage", draftKey(form));
    if (!draft?.text || area.value.includes(draft.text.trim())) return;
    const given = area.value;
    area.value = given.trim() && !draft.text.includes(given.trim()) ? `${draft.text.trimEnd()}\n\n${given}` : draft.text;
    if (form.elements.language && draft.language) form.elements.language.value = draft.language;
    if (area.value === draft.text && draft.submission) form.elements.submission.value = draft.submission; // it may have been posted, and the answer lost
    area.dispatchEvent(new Event("input", { bubbles: true }));
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "link";
    discard.textContent = wordsOf(form).discard;
    discard.addEventListener("click", () => {
      area.value = given;
      forget("localStorage", draftKey(form));
      form.querySelector(".draft-note")?.remove();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    note(form, wordsOf(form).restored, discard);
  }
  function note(form, sentence, ...more) {
    form.querySelector(".draft-note")?.remove();
    const said = document.createElement("p");
    said.className = "draft-note";
    said.setAttribute("role", "status");
    said.append(sentence, " ", ...more);
    form.elements.source.before(said);
  }
  function tidy() {
    for (const key of drafts()) if (!(Date.now() - writtenAt(key) < LASTS)) forget("localStorage", key);
  }
  // A draft goes when the server says that it has the words (HX-Trigger), and for no other answer.
  for (const told of ["comment-stored", "comment-held"]) document.addEventListener(told, ({ target }) => {
    if (!target.matches("form[data-draft]")) return;
    target.dataset.sent = "";
    forget("localStorage", draftKey(target));
  });

  // --- emoticons: a list by name in the reader's language, fetched when it is opened ---
  let emoticons = null;
  async function known() {
    emoticons ??= fetch(`/${language}/emoticons.json`).then((answer) => answer.json());
    try { return await emoticons; } catch { emoticons = null; return []; }
  }
  function pickerFor(form) {
    const area = form.elements.source, said = wordsOf(form), opener = document.createElement("button");
    opener.type = "button";
    opener.className = "button quiet emoticons";
    opener.textContent = "☺";
    opener.title = said.emoticons;
    opener.setAttribute("aria-label", said.emoticons);
    opener.setAttribute("aria-expanded", "false");
    opener.addEventListener("click", () => form.querySelector(".picker") ? close(form, true) : openPicker(form, opener));
    form.querySelector(".form-buttons .counter").before(opener);
    return area;
  }
  function close(form, refocus) {
    form.querySelector(".picker")?.remove();
    form.querySelector(".emoticons").setAttribute("aria-expanded", "false");
    if (refocus) form.elements.source.focus();
  }
  async function openPicker(form, opener) {
    const said = wordsOf(form), box = document.createElement("div"), search = document.createElement("input"), list = document.createElement("div");
    box.className = "picker";
    search.type = "search";
    list.id = `${form.elements.source.id}-emoticons`;
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-label": said.search, placeholder: said.search, "aria-expanded": "true", "aria-autocomplete": "list", "aria-controls": list.id })) search.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", said.emoticons);
    list.className = "picker-list";
    box.append(search, list);
    form.querySelector(".form-buttons").after(box);
    opener.setAttribute("aria-expanded", "true");
    search.focus();
    let active = 0;
    const all = await known();
    function mark(next) {
      active = Math.max(0, Math.min(next, list.children.length - 1));
      for (const [index, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(index === active));
      const chosen = list.children[active];
      if (chosen) { search.setAttribute("aria-activedescendant", chosen.id); chosen.scrollIntoView({ block: "nearest" }); } else search.removeAttribute("aria-activedescendant");
    }
    function show() {
      const wanted = search.value.trim().toLocaleLowerCase(language).split(/\s+/);
      const parts = all.map((one) => [one, `${one[0].replace(/[:_]/g, " ")} ${one[2].toLocaleLowerCase(language)}`]);
      const starts = parts.filter(([, text]) => wanted.every((word) => ` ${text}`.includes(` ${word}`)));
      const within = parts.filter((each) => !starts.includes(each) && wanted.every((word) => each[1].includes(word)));
      const found = [...starts, ...within].map(([one]) => one);
      list.replaceChildren(...found.slice(0, 96).map(([code, sign, name], index) => {
        const option = document.createElement("span");
        option.id = `${list.id}-${index}`;
        option.dataset.code = code;
        option.title = name;
        option.textContent = sign;
        option.setAttribute("role", "option");
        option.setAttribute("aria-label", name);
        return option;
      }));
      mark(0);
    }
    function choose(option) {
      if (!option) return;
      insert(form.elements.source, option.dataset.code);
      close(form, true);
    }
    search.addEventListener("input", show);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => choose(target.closest("[role=option]")));
    search.addEventListener("keydown", (event) => {
      const row = Math.max(1, Math.floor(list.clientWidth / (list.firstElementChild?.offsetWidth || 1)));
      const forth = getComputedStyle(list).direction === "rtl" ? -1 : 1;
      const step = { ArrowDown: row, ArrowUp: -row, ArrowRight: forth, ArrowLeft: -forth }[event.key];
      if (event.key === "Enter") choose(list.children[active]);
      else if (event.key === "Escape") close(form, true);
      else if (step) mark(active + step);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    show();
  }
  function insert(area, code) {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const lead = start && !/\s/.test(value[start - 1]) ? " " : "", tail = end < value.length && /\s/.test(value[end]) ? "" : " ";
    area.setRangeText(lead + code + tail, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- how long one's words can still be changed ---
  function tick() {
    for (const one of document.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round((new Date(one.dataset.until) - Date.now()) / 1000));
      let shown = one.querySelector(".countdown");
      if (!shown) {
        shown = document.createElement("span");
        shown.className = "countdown";
        shown.setAttribute("role", "timer");
        one.append(" ", shown);
      }
      shown.textContent = `(${number.format(Math.floor(left / 60))}:${two.format(left % 60)})`;
    }
  }

  function ready(root) {
    for (const form of root.querySelectorAll("form.comment-form:not([data-ready])")) {
      form.dataset.ready = "";
      pickerFor(form);
      if (!form.matches("[data-draft]")) continue;
      restore(form);
      let timer = 0;
      form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => { if (form.dataset.sent === undefined) keep(form); }, 300);
      });
      addEventListener("pagehide", () => { if (form.isConnected && form.dataset.sent === undefined) keep(form); });
    }
  }
  document.addEventListener("htmx:load", () => ready(document));
  tidy();
  ready(document);
  setInterval(tick, 1000);
})();
