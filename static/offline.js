/* A phone that loses its internet: says so, shows what waits, and asks the worker to send it. Loaded after the page. */
(() => {
  "use strict";
  const root = document.documentElement, { person, keeps, push } = root.dataset, kept = Number(root.dataset.kept || 0);
  if (!("serviceWorker" in navigator)) return;
  const worker = navigator.serviceWorker, main = document.getElementById("main");
  const region = document.createElement("div");
  region.className = "news";
  region.setAttribute("role", "status");
  main.before(region);

  const STEADY = 500; // milliseconds
  const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  /* The worker's answer to a question. */
  const ask = async (what, more = {}) => {
    const { active } = await worker.ready, { port1, port2 } = new MessageChannel();
    return new Promise((done, fail) => {
      port1.onmessage = ({ data }) => (data.error ? fail(new Error(data.error)) : done(data.answer));
      active.postMessage({ ask: what, person, ...more }, [port2]);
    });
  };

  /* A part of /offline, in the words of this page's reader. */
  let fetched;
  const part = async (name) => {
    fetched ||= fetch("/offline?lang=" + root.lang).then((answer) => answer.text()).then((html) => new DOMParser().parseFromString(html, "text/html").getElementById("phone").content);
    return document.importNode((await fetched).querySelector(`[data-part=${name}]`), true);
  };
  const when = (at, style) => new Intl.DateTimeFormat(root.lang, { timeZone: "Europe/Amsterdam", numberingSystem: "latn", ...style }).format(at);
  const moment = (at) => {
    const day = { day: "numeric", month: "long" };
    return (when(at, day) === when(Date.now(), day) ? "" : when(at, day) + " ") + when(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  };

  let touched = false;
  document.addEventListener("input", () => { touched = true; }, { once: true });
  const say = async (name, fill) => {
    const strip = await part(name);
    fill?.(strip);
    strip.dataset.shown = name;
    region.querySelector(`[data-shown=${name}]`)?.remove();
    region.append(strip);
  };
  const unsay = (name) => region.querySelector(`[data-shown=${name}]`)?.remove();

  /* Whether there is internet, and how old this page is. */
  const net = async () => {
    if (navigator.onLine && !kept) return unsay("off");
    await say("off", (strip) => {
      const line = strip.querySelector("[data-when]");
      strip.querySelector("[data-kept]").hidden = !keeps; // an office keeps nothing
      strip.querySelector("[data-unkept]").hidden = Boolean(keeps);
      line.hidden = !kept;
      line.textContent = line.dataset.when.replace("%s", moment(kept));
    });
  };
  const again = () => {
    if (!touched) return location.reload();
    unsay("off");
    say("back", (strip) => { strip.querySelector("button").onclick = () => location.reload(); });
  };

  /* What waits: in a list on the root screens, and a chip in place of each button. */
  const LISTED = ["/today", "/hours", "/employer/hours"];
  const labelOf = ({ label, body }) => {
    const form = new URLSearchParams(body), day = form.get("worked_on"), start = form.get("start");
    const date = day && when(new Date(day + "T12:00Z"), { weekday: "long", day: "numeric", month: "long" });
    return [label, date, start && start + " – " + form.get("stop")].filter(Boolean).join(", ");
  };
  const row = async (item) => {
    const line = await part(item.state), find = (selector) => line.querySelector(selector);
    find("[data-label]").textContent = labelOf(item);
    find("[data-at]").textContent = moment(item.at);
    if (item.state === "parked") (find(`[data-status="${item.status}"]`) || find('[data-status=""]')).hidden = false;
    find("[data-remove]").onclick = () => ask("remove", { n: item.n });
    if (find("[data-look]")) find("[data-look]").onclick = () => look(item);
    return line;
  };
  /* Send a refused item the ordinary way: the server's page shows both versions, or the error at its field. */
  const look = (item) => {
    const form = document.createElement("form"), fields = new URLSearchParams(item.body);
    Object.assign(form, { method: "post", action: item.url, hidden: true });
    for (const [name, value] of [...fields, ["_person", person], ["_label", item.label], ["_tap", item.tap || ""]]) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  };
  /* The forms an item came from; where one address takes several things (a week each), only the one about the same. */
  const isFrom = ({ url, body }, form) => form.hasAttribute("data-offline") && new URL(form.action).pathname === url
    && (!form.dataset.about || form.elements[form.dataset.about].value === new URLSearchParams(body).get(form.dataset.about));
  const formsOf = (item) => [...document.forms].filter((form) => isFrom(item, form));
  const buttonsOf = (form) => [...form.elements].filter((field) => field.type === "submit");
  const inPlace = async (item, form) => {
    if (form.id === "hours-form") {
      const note = await part("kept-hours");
      note.querySelector("[data-label]").textContent = labelOf(item);
      note.querySelector("button").onclick = () => { freshHours(form); note.remove(); form.hidden = false; form.elements.start.focus(); };
      form.before(note);
      form.hidden = true;
      return;
    }
    const buttons = buttonsOf(form).filter((button) => !button.hidden), chip = await part("chip");
    if (!buttons.length) return;
    chip.setAttribute("data-waits", "");
    buttons[0].before(chip);
    for (const button of buttons) button.hidden = true;
    const next = form.nextElementSibling; // what can be done after this, though the server has not heard of this yet
    if (next?.matches("form[data-follows]")) next.hidden = false;
  };
  /* The form of a kept page was used: other hours get an id of their own. */
  const freshHours = (form) => {
    form.action = "/hours/" + crypto.randomUUID();
    for (const name of ["start", "stop"]) form.elements[name].value = "";
  };

  let drawing = Promise.resolve(), told = false;
  const draw = () => { drawing = drawing.then(drawNow).catch(() => {}); return drawing; };
  const drawNow = async () => {
    const items = await ask("items"), open = items.filter((item) => item.state !== "done"), waiting = items.filter((item) => item.state === "waiting");
    // taken after this page was asked for: it does not show it yet
    if (items.some((item) => item.state === "done" && item.at > performance.timeOrigin) && !told) {
      told = true;
      if (touched) say("sent"); else { sessionStorage.setItem("sent", "1"); location.reload(); }
    }
    document.getElementById("waiting")?.remove();
    if (open.length && LISTED.includes(location.pathname)) {
      const list = await part("list");
      for (const item of open) list.querySelector("ul").append(await row(item));
      main.prepend(list);
    }
    for (const chip of document.querySelectorAll(".chip[data-waits]")) {
      const form = chip.closest("form");
      if (waiting.some((item) => isFrom(item, form))) continue;
      chip.remove();
      for (const button of buttonsOf(form)) button.hidden = false;
    }
    for (const item of items) {
      for (const form of formsOf(item)) {
        if (item.state === "waiting") await inPlace(item, form);
        else if (form.id === "hours-form" && kept) freshHours(form);
      }
    }
    const leave = document.querySelector("form[action='/sign-out']");
    document.querySelector("[data-part=leaving]")?.remove();
    if (leave && waiting.length) leave.before(await part("leaving"));
    if (waiting.some((item) => Date.now() - item.at > 86_400_000)) await say("late"); else unsay("late");
    if (open.length && !localStorage.getItem("asked-to-persist")) {
      localStorage.setItem("asked-to-persist", "1");
      navigator.storage?.persist?.();
    }
  };
  const send = async () => {
    if (!person || !navigator.onLine) return;
    const { sent } = await ask("flush");
    if (sent) await draw();
    return sent;
  };

  /* Pages for later: what this page leads to, and on Hours the weeks of sixty days. */
  const fetchBeforehand = () => {
    const paths = [...document.querySelectorAll(".nav a, main a[href^='/offers/'], main a[href^='/hours/'], main a[href='/messages']")].map((link) => link.getAttribute("href").split("#")[0]);
    const earlier = location.pathname === "/hours" && /week=(\d{4}-\d\d-\d\d)/.exec(document.querySelector("a[href^='/hours?week=']")?.getAttribute("href") || "");
    for (let back = 0; earlier && back < 8; back += 1) paths.push("/hours?week=" + new Date(Date.parse(earlier[1]) - back * 604_800_000).toISOString().slice(0, 10));
    ask("keep", { paths: [...new Set(paths)].filter((path) => !/\.ics$/.test(path)).slice(0, 24) });
  };

  /* A new version waits until somebody says so: no page works with half of each. */
  const offerVersion = (waiting) => say("version", (strip) => {
    strip.querySelector("button").onclick = () => {
      worker.addEventListener("controllerchange", () => location.reload(), { once: true });
      waiting.postMessage({ ask: "takeOver" });
    };
  });
  const watchVersions = (registration) => {
    if (registration.waiting && worker.controller) offerVersion(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming.addEventListener("statechange", () => { if (coming.state === "installed" && worker.controller) offerVersion(coming); });
    });
  };

  /* From the second visit on, once: put the app on the phone. */
  const offerInstall = async () => {
    if (!sessionStorage.getItem("visit")) {
      sessionStorage.setItem("visit", "1");
      localStorage.setItem("visits", Number(localStorage.getItem("visits") || 0) + 1);
    }
    const iphone = /iPhone|iPad/.test(navigator.userAgent), installed = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
    if (localStorage.getItem("visits") < 2 || localStorage.getItem("no-install") || installed || !(iphone || window.installAsk) || !["/today", "/me"].includes(location.pathname)) return;
    const card = await part("install"), find = (selector) => card.querySelector(selector);
    find("[data-iphone]").hidden = !iphone;
    find("[data-install]").hidden = iphone;
    const away = () => { localStorage.setItem("no-install", "1"); card.remove(); };
    find("[data-later]").onclick = away;
    find("[data-install]").onclick = () => { window.installAsk.prompt(); away(); };
    main.append(card);
  };

  worker.addEventListener("message", ({ data }) => { if (data.changed) draw(); });
  addEventListener("offline", net);
  addEventListener("online", async () => {
    await later(STEADY); // internet that comes and goes in one breath, or a reader who is leaving this page: no reload
    if (!navigator.onLine) return;
    const sent = await send().catch(() => 0);
    if (kept && !sent) again(); else net();
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send().catch(() => {}); });

  net();
  worker.register("/sw.js").then(async (registration) => {
    watchVersions(registration);
    if (!worker.controller) ask("claim");
    if (sessionStorage.getItem("sent")) { sessionStorage.removeItem("sent"); say("sent"); }
    if (!person) return;
    await draw();
    await send();
    await offerInstall();
    if (keeps && navigator.onLine && !kept) setTimeout(fetchBeforehand, 4000);
  }).catch(() => {});

  if (document.querySelector("[data-push-state], [data-push-on]") || ("Notification" in window && Notification.permission === "granted")) {
    document.head.append(Object.assign(document.createElement("script"), { src: push }));
  }
})();
