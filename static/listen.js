/* Reads a page aloud, part after part, with a voice of the phone. Comes at the first tap on "Listen"; on Me also where there is no voice. */
(() => {
  "use strict";
  const root = document.documentElement, main = document.getElementById("main");
  const ear = document.querySelector(".listen"), mouth = window.speechSynthesis;
  const SPEEDS = [0.6, 0.8, 1, 1.2], USUAL = 0.8;
  const LONGEST = 120; // signs in one breath: Chrome falls silent where one takes longer than 15 seconds
  const REST = 100, PATIENCE = 5000; // milliseconds: Chrome loses what follows a cancel at once; so long may a voice take to begin

  /* A part of /offline, in the words of this page's reader. */
  const part = async (name) => {
    const html = await (await fetch("/offline?lang=" + root.lang)).text();
    return new DOMParser().parseFromString(html, "text/html").getElementById("phone").content.querySelector(`[data-part=${name}]`);
  };

  /* The best voice for a language: from the right country, the phone's own choice. Only one on the phone itself:
     another would tell its maker what somebody earns. */
  const plain = (tag) => tag.replace("_", "-").toLowerCase(), base = (tag) => plain(tag).split("-")[0];
  const voiceFor = (lang) => {
    const own = [lang, ...navigator.languages].find((tag) => base(tag) === base(lang) && tag.length > 3);
    const wish = plain(own || base(lang) + "-" + new Intl.Locale(lang).maximize().region);
    const worth = (voice) => 2 * (plain(voice.lang) === wish) + voice.default;
    const usable = mouth.getVoices().filter((voice) => base(voice.lang) === base(lang) && voice.localService);
    return usable.sort((one, other) => worth(other) - worth(one))[0];
  };

  /* How amounts, lengths and times are said; `say` holds the sentences of the bar. */
  let say;
  const fill = (text, slots) => text.replace(/\{(\w+)\}/g, (_, name) => slots[name]);
  const number = (amount, style) =>
    new Intl.NumberFormat(root.lang, { numberingSystem: "latn", minimumFractionDigits: 0, maximumFractionDigits: 0, ...style }).format(amount);
  const money = (cents) => {
    const rest = Math.abs(cents % 100), euros = number(Math.trunc(cents / 100), { style: "currency", currency: "EUR", currencyDisplay: "name" });
    if (!rest) return euros;
    return Math.abs(cents) < 100 ? fill(say.cents, { cents }) : fill(say.money, { euros, cents: rest });
  };
  const length = (minutes) => {
    const hours = Math.trunc(minutes / 60), rest = hours ? Math.abs(minutes % 60) : minutes;
    const unit = (amount, name) => number(amount, { style: "unit", unit: name, unitDisplay: "long" });
    return new Intl.ListFormat(root.lang).format([(hours || !rest) && unit(hours, "hour"), rest && unit(rest, "minute")].filter(Boolean));
  };
  const dated = (date, style) => new Intl.DateTimeFormat(root.lang, { numberingSystem: "latn", timeZone: "UTC", ...style }).format(date);
  const whole = {}; // "vr" is "vrijdag", "nov" is "november"
  for (let n = 0; n < 12; n += 1) {
    for (const [name, date] of [["weekday", Date.UTC(2024, 0, n + 1)], ["month", Date.UTC(2024, n, 1)]]) {
      whole[dated(date, { [name]: "short" }).replace(".", "")] = dated(date, { [name]: "long" });
    }
  }
  const spell = (text) => text
    .replace(/(\p{L}+) (\d{1,2}) (\p{L}+)(?!\p{L})/gu, (date, day, number, month) =>
      (whole[day] && whole[month] ? [whole[day], number, whole[month]].join(" ") : date))
    .replace(/(\d{1,2}:\d\d)\s*[–-]\s*(\d{1,2}:\d\d)/g, (_, start, stop) => fill(say.range, { start, stop }))
    .replace(/\b(\d{1,2}):(\d\d)\b/g, (_, hours, minutes) => fill(minutes === "00" ? say.hour : say.time, { hours: Number(hours), minutes }))
    .replace(/€\s*(-?)(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d\d))?(?!\d)/g, (_, sign, euros, cents = "00") =>
      money(Number(sign + euros.replace(/\D/g, "") + cents)))
    .replace(/\s*·\s*/g, ", ");

  /* What there is to read: parts in order, each with the boxes that turn yellow; the title and the buttons apart. */
  const title = document.querySelector("h1");
  const SKIPPED = "script, style, template, nav, input, select, textarea, output, .step, svg:not([role]), [aria-hidden=true], [inert]";
  const CHOICE = "button:not(.btn-row), a.btn";
  const hidden = (element, look) =>
    element === title || look.display === "none" || look.visibility !== "visible" || element.matches(SKIPPED) ||
    (element.parentElement.matches("details:not([open])") && !element.matches("summary"));
  const gather = (box, lang, parts, choices) => {
    let words = "";
    const add = (one, text) => { if (/[\p{L}\p{N}]/u.test(text)) parts.push({ boxes: [one], words: text, lang }); };
    const flush = () => { add(box, words); words = ""; };
    const walk = (element) => {
      for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) words += child.data.replace(/\s+/g, " ");
        if (child.nodeType !== Node.ELEMENT_NODE) continue;
        const look = getComputedStyle(child), inline = ["inline", "contents"].includes(look.display) || child.matches("span.sr");
        const own = child.lang || lang;
        if (hidden(child, look)) continue;
        if (choices && child.matches(CHOICE)) choices.push(child);
        else if (child.matches("br")) words += "\n";
        else if (child.matches("data")) words += child.matches(".minutes") ? length(Number(child.value)) : money(Number(child.value));
        else if (child.matches("img, [role=img]")) { flush(); add(child, child.getAttribute("aria-label") || child.alt || ""); }
        else if (child.matches("tr, label")) {
          flush();
          add(child.matches(".field > label") ? child.parentElement : child, textOf(child) + valueOf(child.control));
        }
        else if (inline && own === lang) walk(child);
        else { flush(); gather(child, own, parts, choices); }
      }
    };
    walk(box);
    flush();
  };
  const textOf = (box) => {
    const found = [];
    gather(box, root.lang, found);
    return found.map(({ words }) => words.trim()).join(", ");
  };
  const valueOf = (field) => {
    if (!field || field.type === "password") return "";
    const unit = field.parentElement.querySelector(".unit"), value = field.selectedOptions ? field.selectedOptions[0].text : field.value;
    if (["radio", "checkbox"].includes(field.type)) return field.checked ? ", " + say.chosen : "";
    if (!value) return "";
    if (field.type === "date") return ": " + dated(field.valueAsDate, { dateStyle: "full" });
    return ": " + value + (unit ? " " + unit.textContent : "");
  };

  /* The whole page: its title, what it says, and what there is to choose. */
  const partsOf = () => {
    const parts = [], choices = [], foreign = (choice) => choice.lang && choice.lang !== root.lang;
    if (title) gather(title, root.lang, parts);
    gather(main, root.lang, parts, choices);
    const own = choices.filter((choice) => !foreign(choice)), names = own.map((choice) => choice.getAttribute("aria-label") || textOf(choice));
    const list = new Intl.ListFormat(root.lang, { type: "disjunction" });
    const small = (name) => name.replace(/,/g, "").replace(/^./u, (first) => first.toLocaleLowerCase(root.lang));
    const last = names.length ? [{ boxes: own, words: fill(say.choices, { choices: list.format(names.map(small)) }), lang: root.lang }] : [];
    return [...parts, ...last, ...choices.filter(foreign).map((choice) => ({ boxes: [choice], words: textOf(choice), lang: choice.lang }))];
  };
  const cut = (text) => {
    if (text.length <= LONGEST) return [text];
    const head = text.slice(0, LONGEST), at = [head.lastIndexOf(", ") + 1, head.lastIndexOf(" "), LONGEST].find((place) => place > LONGEST / 3);
    return [text.slice(0, at).trim(), ...cut(text.slice(at).trim())];
  };
  const sentences = (line, lang) => {
    const found = Intl.Segmenter && new Intl.Segmenter(lang, { granularity: "sentence" }).segment(line);
    return found ? [...found].map(({ segment }) => segment) : [line];
  };
  const breaths = ({ boxes, words, lang }) => {
    const text = lang === root.lang ? spell(words) : words;
    const lines = text.split("\n").flatMap((line) => sentences(line.replace(/\s+/g, " "), lang));
    return lines.map((line) => line.trim()).filter((line) => /[\p{L}\p{N}]/u.test(line)).flatMap(cut).map((line) => ({ boxes, lang, words: line }));
  };

  /* Saying it. `spoken` is what the phone is saying now; anything it still reports about another is old news. */
  let all = [], at = 0, spoken = null, timer, bar, awake;
  const rate = () => Number(localStorage.getItem("listen-speed")) || USUAL;
  const after = (milliseconds, act) => { clearTimeout(timer); timer = setTimeout(act, milliseconds); };
  const hush = () => { spoken = null; clearTimeout(timer); mouth.cancel(); };
  const tint = (boxes) => {
    const before = [...document.querySelectorAll(".reading")];
    if (before.length && before[0] === boxes[0]) return;
    for (const box of before) box.classList.remove("reading");
    for (const box of boxes) box.classList.add("reading");
    boxes[0]?.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const speak = (tries = 1) => {
    if (!all[at]) return stop();
    const { boxes, words, lang } = all[at], voice = voiceFor(lang) || voiceFor(root.lang);
    if (!voice) return unable();
    const utterance = spoken = Object.assign(new SpeechSynthesisUtterance(words), { lang: voice.lang.replace("_", "-"), voice, rate: rate() });
    const now = (act) => (event) => { if (spoken === utterance) act(event); };
    utterance.onstart = now(() => after(PATIENCE + words.length * 300, next));
    utterance.onend = now(next);
    utterance.onerror = now(({ error }) => (/unavailable|synthesis/.test(error) ? unable() : stop()));
    tint(boxes);
    mouth.speak(utterance);
    after(PATIENCE, () => { if (tries) afresh(tries - 1); else unable(); });
  };
  const afresh = (tries) => { hush(); mouth.resume(); after(REST, () => speak(tries)); };
  const next = () => {
    at += 1;
    while (all[at] && !all[at].boxes[0].isConnected) at += 1;
    speak();
  };

  /* The bar, and the button that is "Stop" meanwhile. */
  const word = ear.lastElementChild, listen = word.textContent;
  const button = (reading) => {
    ear.setAttribute("aria-pressed", reading);
    word.textContent = reading ? bar.querySelector("[data-stop]").textContent : listen;
    const mark = ear.querySelector("use");
    mark.setAttribute("href", mark.getAttribute("href").replace(/#.*/, reading ? "#square" : "#volume-2"));
    ear.onclick = reading ? stop : begin;
  };
  const pause = (still) => {
    if (still) hush(); else afresh();
    for (const [place, side] of [...bar.querySelectorAll("[data-pause] > span")].entries()) side.hidden = Boolean(place) !== still;
  };
  const faster = (by) => {
    localStorage.setItem("listen-speed", SPEEDS[SPEEDS.indexOf(rate()) + by] || rate());
    limits();
    if (spoken) afresh();
  };
  const limits = () => {
    const now = SPEEDS.indexOf(rate());
    for (const side of bar.querySelectorAll("[data-by]")) side.setAttribute("aria-disabled", !SPEEDS[now + Number(side.dataset.by)]);
  };
  const begin = async () => {
    ear.onclick = null;
    try {
      bar ||= await part("reader");
    } catch { // no internet, and no worker that keeps it
      const trouble = document.getElementById("trouble");
      Object.assign(trouble, { hidden: false, textContent: trouble.dataset.text });
      ear.onclick = begin;
      return;
    }
    say = bar.dataset;
    all = partsOf().flatMap(breaths);
    at = 0;
    bar.querySelector("[data-pause]").onclick = () => pause(Boolean(spoken));
    bar.querySelector("[data-stop]").onclick = stop;
    for (const side of bar.querySelectorAll("[data-by]")) side.onclick = () => faster(Number(side.dataset.by));
    ear.closest("header").after(bar);
    awake = navigator.wakeLock?.request("screen").catch(() => null); // a screen that goes dark would stop the voice
    button(true);
    limits();
    pause(false);
  };
  const stop = () => {
    if (!bar?.isConnected) return;
    if (bar.contains(document.activeElement)) ear.focus();
    hush();
    tint([]);
    bar.remove();
    awake?.then((lock) => lock?.release());
    button(false);
  };

  /* No voice: what to do about it, at the end of Me, or at once where a voice turned out not to be there. */
  const help = async () => {
    const card = await part("no-voice"), iphone = /iPhone|iPad/.test(navigator.userAgent);
    card.querySelector("[data-iphone]").hidden = !iphone;
    card.querySelector("[data-android]").hidden = iphone;
    main.append(card);
    return card;
  };
  const unable = async () => {
    stop();
    ear.remove(); // not hidden: app.js, which still waits for voices, would show it again
    const card = await help();
    main.prepend(card);
    card.focus();
  };

  addEventListener("pagehide", stop);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
  document.addEventListener("click", ({ target }) => {
    const own = target.closest("a, button, label, summary, input, select, textarea"); // has a use of its own
    if (bar?.isConnected && target.closest(".reading") && !own) pause(Boolean(spoken));
  });
  if (ear.hidden) help().catch(() => {}); else begin();
})();
