// Shortcuts of the desk. Every one of them presses a link or button that is there without script, too.
(() => {
  "use strict";
  // Access keys with Alt alone in every browser; where the browser has taken the key itself, this is never told.
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.key.length !== 1) return;
    const key = CSS.escape(event.key.toLowerCase());
    const found = document.querySelector(`.desk [accesskey="${key}"]`);
    if (!found) return;
    event.preventDefault();
    found.focus();
    if (found.type !== "search") found.click();
  });
  const text = document.querySelector("#desk-text");
  if (text) {
    document.querySelectorAll("[data-desk-use]").forEach((link) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        text.value = link.dataset.deskUse;
        text.focus();
      });
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        const form = text.form;
        form.requestSubmit(form.querySelector("[data-desk-onward]") || form.querySelector("[type=submit]"));
      }
    });
    return;
  }
  const rows = [...document.querySelectorAll("[data-desk-row]")];
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step || typing || event.ctrlKey || event.altKey || event.metaKey || rows.length === 0) return;
    event.preventDefault();
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
    rows[next].focus();
    rows[next].closest("tr").scrollIntoView({ block: "nearest" });
  });
})();
