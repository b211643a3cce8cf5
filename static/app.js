/* Every page works without this. */
(() => {
  "use strict";
  /* Trusted Types (security.py): markup comes from our own server, scripts are files of ours, and text never becomes a script. */
  window.trustedTypes?.createPolicy("default", {
    createHTML: (html) => html,
    createScriptURL: (url) => { const { origin, pathname } = new URL(url, location); return origin === location.origin && /^\/(static\/|sw\.js$)/.test(pathname) ? url : null; },
  });
  const root = document.documentElement, lang = root.lang;
  const on = (kind, act, first) => document.addEventListener(kind, act, first);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const live = document.getElementById("live"), box = document.getElementById("trouble");
  const say = (text) => { if (live) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 50); } };
  const trouble = (show) => { if (box) { box.textContent = show ? box.dataset.text : ""; box.hidden = !show; } };

  /* Minutes since midnight of 830, 8.30, 8:30 or 8; else null. */
  const minutesOf = (text) => {
    const found = /^(\d{1,2})(?:[:.,h ]?(\d{2}))?$/.exec((text || "").trim());
    return found && found[1] < 24 && (found[2] || 0) < 60 ? found[1] * 60 + Number(found[2] || 0) : null;
  };
  const two = (part) => String(part).padStart(2, "0");
  const clock = (minutes) => two(Math.floor(minutes / 60)) + ":" + two(minutes % 60);

  /* Steppers; clocks go round at midnight. */
  const step = (box, by) => {
    const input = box.querySelector("input"), size = Number(box.dataset.step);
    const next = (value) => (by > 0 ? Math.floor(value / size) + 1 : Math.ceil(value / size) - 1) * size;
    if (box.dataset.kind === "clock") input.value = clock((next(minutesOf(input.value) ?? 720) + 1440) % 1440);
    else input.value = Math.min(Number(box.dataset.max), Math.max(Number(box.dataset.min), next(parseInt(input.value, 10) || 0)));
    const unit = box.querySelector(".unit");
    box.querySelector("output").textContent = input.value + (unit ? " " + unit.textContent : "");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  on("click", (event) => {
    const button = event.target.closest(".step button[data-by]");
    if (button) step(button.closest(".step"), Number(button.dataset.by));
    else if (event.target.classList.contains("value")) event.target.querySelector("input").focus();
  });
  on("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key], box = by && event.target.closest(".step");
    if (box && event.target.matches("input")) { event.preventDefault(); step(box, by); }
    if (event.key === "Escape" && !event.defaultPrevented) {
      const open = document.querySelector(".nav details[open]"), sheet = document.querySelector("[data-close-href]");
      if (open) { open.open = false; open.querySelector("summary").focus(); } else if (sheet) location.assign(sheet.dataset.closeHref);
    }
  });

  /* Hours and premium while somebody types; the server decides. */
  const number = (amount, style, as = lang) => new Intl.NumberFormat(as, { numberingSystem: "latn", ...style }).format(amount);
  const dutch = lang === "en" ? lang : "nl"; // euros look as on a Dutch bank statement (texts.py)
  const length = (unit, amount) => number(amount, { style: "unit", unit, unitDisplay: unit === "hour" ? "long" : "short" });
  const summarise = (form) => {
    const box = form.querySelector("[data-hours-summary]");
    if (!box) return;
    const value = (name) => form.querySelector(`[name=${name}]`)?.value;
    const start = minutesOf(value("start")), stop = minutesOf(value("stop")), rest = parseInt(value("break_minutes") || "0", 10);
    const known = start !== null && stop !== null, night = known && stop <= start;
    const worked = known ? stop - start + (night ? 1440 : 0) - rest : -1;
    box.hidden = !(worked > 0 && worked < 1440 && rest >= 0);
    all("[data-night]", form).forEach((line) => { line.hidden = !night; });
    if (box.hidden) return;
    const hours = Math.floor(worked / 60), odd = worked % 30 ? worked % 60 : 0;
    const words = hours ? length("hour", odd ? hours : worked / 60) + (odd ? " " + two(odd) : "") : length("minute", worked);
    const cents = Math.floor((worked * Number(box.dataset.rateCents) + 30) / 60);
    all("[data-worked]", box).forEach((slot) => { slot.textContent = words; });
    all("[data-premium]", box).forEach((slot) => { slot.textContent = number(cents / 100, { style: "currency", currency: "EUR" }, dutch); });
  };
  on("input", (event) => event.target.form && summarise(event.target.form));

  /* An id whose first bits are the time (foundation/ids.py says why). */
  const newId = () => {
    const time = Date.now().toString(16).padStart(12, "0");
    return time.slice(0, 8) + "-" + time.slice(8) + "-7" + crypto.randomUUID().slice(15);
  };

  /* What may wait for internet says whose it is, what it is called, and where to go on (sw.js reads this). */
  const mayWait = (form, button) => {
    const { offline, back, tapId } = form.dataset, put = (name, value) => {
      const field = form.querySelector(`input[name=${name}]`) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
      field.value = value;
    };
    put("_person", root.dataset.person);
    put("_label", offline || button?.getAttribute("aria-label") || button?.textContent.trim() || "");
    put("_back", back || location.pathname + location.search);
    if (!tapId) return;
    const id = newId();
    put(tapId, id);
    put("_tap", id);
  };

  /* A second tap does nothing; the button says "Busy…" (app.css, .busy). */
  const free = () => {
    all(".busy").forEach((button) => { button.classList.remove("busy"); button.removeAttribute("aria-disabled"); });
    all("form[data-sent]").forEach((form) => form.removeAttribute("data-sent"));
  };
  on("submit", (event) => {
    const form = event.target, button = event.submitter || form.querySelector("button:not([type=button])");
    if (form.hasAttribute("data-sent")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    trouble(false);
    if (form.hasAttribute("data-offline") && root.dataset.person) mayWait(form, button);
    form.setAttribute("data-sent", "");
    if (button) {
      button.dataset.busy ||= root.dataset.busy;
      button.classList.add("busy");
      button.setAttribute("aria-disabled", "true");
      say(button.dataset.busy);
    }
    setTimeout(free, 15000);
  }, true);
  addEventListener("pageshow", free);
  on("htmx:finally:request", free);

  /* After htmx: say trouble and news, move the focus where marked ("swap": not when a whole page opens). */
  on("htmx:error", () => trouble(navigator.onLine));
  on("htmx:response:error", (event) => trouble(![409, 422].includes(event.detail.ctx.response.status)));
  const wake = (part) => {
    all(".step button[hidden]", part).forEach((button) => { button.hidden = false; });
    all("form", part).forEach(summarise);
    if (part.closest) summarise(part.closest("form") || part);
  };
  on("htmx:after:settle", (event) => {
    for (const part of event.detail.newContent || []) {
      if (part.nodeType !== 1) continue;
      wake(part);
      const find = (selector) => (part.matches(selector) ? part : part.querySelector(selector));
      const goal = find("[autofocus], [data-focus]") || find("[aria-invalid=true]");
      if (goal && goal.tabIndex < 0) goal.tabIndex = -1;
      goal?.focus();
      const news = find("[data-announce]");
      if (news) say(news.dataset.announce || news.textContent.trim());
    }
  });

  /* The rest comes when the page is there: without internet, waiting items, installing, messages. */
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); window.installAsk = event; });
  const rest = () => document.head.append(Object.assign(document.createElement("script"), { src: root.dataset.rest }));
  const phone = navigator.serviceWorker;
  if (phone && (root.dataset.kept || !navigator.onLine)) rest();
  else if (phone) addEventListener("load", () => (window.requestIdleCallback || setTimeout)(() => { phone.register("/sw.js"); phone.ready.then(rest); }, { timeout: 2000 }));

  /* Read aloud, where the phone has a voice for the language: some are a while in coming. listen.js does it. */
  const ear = document.querySelector(".listen"), mouth = window.speechSynthesis;
  const failed = () => { ear.onclick = tap; trouble(true); };
  const load = () => document.head.append(Object.assign(document.createElement("script"), { src: ear.dataset.src, onerror: failed }));
  const tap = () => {
    ear.onclick = null;
    mouth.speak(new SpeechSynthesisUtterance("")); // an iPhone only speaks after a word in the tap itself
    load();
  };
  const hear = (late) => {
    const voice = !!mouth && mouth.getVoices().some((voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === lang);
    if (voice) ear.dataset.voice = "";
    ear.hidden = late === 1 && !voice;
    if (ear.hidden && location.pathname === "/me") load();
  };
  if (ear) {
    ear.onclick = tap;
    if (mouth) mouth.onvoiceschanged = hear;
    hear();
    setTimeout(hear, 2000, 1);
  }

  wake(document);
  (document.querySelector('[data-focus=""]') || document.querySelector("[aria-invalid=true]"))?.focus();
})();
