// Keys of the moderators' queue. Each presses a button or link that is there without script, too. Single keys can be
// switched off (WCAG 2.1.4), and are never taken while one types.
(() => {
  "use strict";
  const queue = document.querySelector("[data-queue]");
  const sheet = document.querySelector("[data-keys]");
  if (!queue || !sheet) return;
  const allowed = sheet.querySelector("[data-keys-on]");
  allowed.checked = window.dragoman.recall("localStorage", "moderation keys") !== "off";
  allowed.addEventListener("change", () => {
    window.dragoman.remember("localStorage", "moderation keys", allowed.checked ? "on" : "off");
  });
  sheet.hidden = false;

  const every = queue.querySelector("[data-every]");
  const ticks = () => [...queue.querySelectorAll("input[name=case]")];
  every.hidden = false;
  every.querySelector("input").addEventListener("change", (event) => {
    for (const tick of ticks()) tick.checked = event.target.checked;
  });

  const cases = () => [...queue.querySelectorAll("[data-case]")];
  const current = () => document.activeElement?.closest?.("[data-case]");
  const go = (step) => {
    const all = cases();
    const at = all.indexOf(current());
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next]?.focus();
    all[next]?.scrollIntoView({ block: "nearest" });
  };
  const hasReason = () => queue.querySelector("[data-ground]").value || queue.querySelector("[data-reason]").value.trim();
  // With a reason at hand the comment is decided on where it stands; otherwise its own page asks for one.
  const decide = (act, key) => {
    const one = current();
    if (!one) return;
    const link = one.querySelector(`[data-key="${key}"]`);
    if (!link) return;
    if (!hasReason()) { link.click(); return; }
    const button = document.createElement("button");
    Object.assign(button, { type: "submit", name: "do", value: `${act}:${one.querySelector("input[name=case]").value}`, hidden: true });
    queue.append(button);
    button.click();
  };
  const press = (key) => current()?.querySelector(`[data-key="${key}"]`)?.click();
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => current()?.querySelector("input[name=case]").click(),
    a: () => press("a"),
    h: () => decide("hide", "h"),
    d: () => decide("remove", "d"),
    l: () => press("l"),
    p: () => press("p"),
    n: () => document.querySelector('.thread-pages [data-key="n"]')?.click(),
    "?": () => { sheet.open = !sheet.open; sheet.querySelector("summary").focus(); },
  };
  document.addEventListener("keydown", (event) => {
    if (!allowed.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
