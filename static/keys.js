/* Keys for who works all day on a keyboard: j and k walk through the list, / searches, ? tells the keys. Can be switched off. */
(() => {
  "use strict";
  const items = () => [...document.querySelectorAll("[data-item] :is(a, button)")].filter((link, place, all) => all.findIndex((other) => other.closest("[data-item]") === link.closest("[data-item]")) === place);
  const walk = (by) => {
    const all = items(), here = all.findIndex((link) => link.closest("[data-item]").contains(document.activeElement));
    all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by))]?.focus();
  };
  const search = () => {
    const field = document.querySelector("input[type=search]"), link = document.querySelector('[data-key="/"]');
    if (field) field.focus(); else if (link) location.assign(link.href);
  };
  const tell = () => {
    const list = document.getElementById("keys");
    if (list) { list.open = true; list.querySelector("summary").focus(); } else location.assign("/signals#keys");
  };
  const ACTS = { j: () => walk(1), k: () => walk(-1), "/": search, "?": tell };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = ACTS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  if (location.hash === "#q") document.getElementById("q")?.focus();
  if (location.hash === "#keys") tell();
})();
