// Keeps the app and one person's pages for reading without internet, sends what waited, and shows messages.
"use strict";
if (self.trustedTypes) trustedTypes.createPolicy("default", { createScriptURL: (address) => { if (!address.startsWith("/static/")) throw new TypeError("not ours"); return address; } });
importScripts({{ queue|tojson }});

const FILES = {{ files|tojson }};
const STATIC = "static-" + {{ version|tojson }};
const OFFLINE = "/offline";
const SLOW = 5000, VERY_SLOW = 20_000; // milliseconds
const FRESH = 6 * 3_600_000; // a page kept shorter ago is not fetched again beforehand

self.addEventListener("install", (event) => event.waitUntil((async () => {
  const files = await caches.open(STATIC);
  await files.addAll(FILES);
  await files.add(new Request(OFFLINE, { cache: "reload" }));
})())); // no skipWaiting: a page and its worker stay of one version until somebody says so

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("static-") && name !== STATIC) await caches.delete(name);
  await self.clients.claim();
})()));

// whose pages are here: at most one person's at a time --------------------------------------

let era = 0; // a sign-out begins a new one: an answer that was under way then is not kept
const pagesOf = (person) => "person-" + person;
const forgetPages = async (except) => {
  for (const name of await caches.keys()) if (name.startsWith("person-") && name !== except) await caches.delete(name);
};
const recognise = async (answer) => {
  const person = answer.headers.get("X-Opstap-Person");
  if (!person || person === (await mark("who"))) return;
  await forgetPages(pagesOf(person));
  await mark("who", person);
};

// a page without what only belongs to the moment after a tap ("your hours are sent")
const lasting = (address) => !/[?&](sent|confirmed|left)=/.test(address);
const plain = (address) => { const url = new URL(address); url.hash = ""; return url.href; };

const keepPage = async (address, answer) => {
  await recognise(answer);
  if (!answer.headers.get("X-Opstap-Keep") || answer.redirected) return;
  if (!lasting(address)) return fetchAndKeep(new URL(address).pathname);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  headers.delete("Content-Encoding");
  const pages = await caches.open(pagesOf(answer.headers.get("X-Opstap-Person")));
  await pages.put(plain(address), new Response(await answer.blob(), { headers }));
};
const fetchAndKeep = async (path) => {
  const address = new URL(path, self.location.origin).href;
  const began = era, answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.ok && era === began && answer.headers.get("X-Opstap-Person") === (await mark("who"))) await keepPage(address, answer);
};

const HOMES = ["/today", "/employer/hours"];
const keptPage = async (address) => {
  const pages = await caches.open(pagesOf(await mark("who")));
  if (new URL(address).pathname === "/") {
    for (const home of HOMES) if (await pages.match(home)) return Response.redirect(home, 303);
  }
  const found = (await pages.match(plain(address))) || (!lasting(address) && (await pages.match(new URL(address).pathname)));
  if (!found) return null;
  const at = Number(found.headers.get("X-Kept-At"));
  if (Date.now() - at > KEPT_DAYS * DAY) return null;
  return new Response((await found.text()).replace("<html ", `<html data-kept="${at}" `), { headers: found.headers });
};

const fetchBeforehand = async (paths) => {
  const pages = await caches.open(pagesOf(await mark("who")));
  for (const request of await pages.keys()) {
    const at = Number((await pages.match(request)).headers.get("X-Kept-At"));
    if (Date.now() - at > KEPT_DAYS * DAY) await pages.delete(request);
  }
  for (const path of paths) {
    const found = await pages.match(new URL(path, self.location.origin).href);
    if (!found || Date.now() - Number(found.headers.get("X-Kept-At")) > FRESH) await fetchAndKeep(path);
  }
};

// pages and files ---------------------------------------------------------------------------

const offlinePage = async () => (await caches.match(OFFLINE)) || Response.error();
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function visit(event) {
  if (await mark("signOut")) { // somebody signed out without internet: the server hears it before anything else
    try { await fetch("/sign-out", { method: "POST", redirect: "manual" }); await mark("signOut", false); } catch { return offlinePage(); }
  }
  const address = event.request.url, began = era;
  const coming = fetch(event.request).then((answer) => {
    if (answer.ok && era === began) event.waitUntil(keepPage(address, answer.clone()).catch(() => {}));
    return answer;
  });
  const kept = () => keptPage(address);
  const patient = later(SLOW).then(kept).then((page) => page || coming);
  try { return await Promise.race([coming, patient]); } catch { return (await kept()) || offlinePage(); }
}

async function file(request) {
  const found = await caches.match(request);
  if (found) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(STATIC)).put(request, answer.clone());
    return answer;
  } catch (error) { // a kept page of before a new version still finds its styles
    const other = await caches.match(request, { ignoreSearch: true });
    if (other) return other;
    throw error;
  }
}

// the words and parts offline.js shows; per language, so a change of language is fetched once
async function offlineParts(request) {
  const files = await caches.open(STATIC), found = await files.match(request);
  if (found) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) { await files.put(request, answer.clone()); await files.put(OFFLINE, answer.clone()); }
    return answer;
  } catch { return offlinePage(); }
}

// forms ---------------------------------------------------------------------------------------

const OWN_FIELDS = ["_person", "_label", "_back", "_tap", "ask"]; // "ask": a phone without internet has asked already

async function post(event, request) {
  const copy = request.clone(), htmx = request.headers.get("HX-Request"), path = new URL(request.url).pathname;
  const form = new URLSearchParams((request.headers.get("Content-Type") || "").startsWith("application/x-www-form-urlencoded") ? await copy.text() : "");
  const person = form.get("_person"), label = form.get("_label"), back = form.get("_back"), tap = form.get("_tap");
  const coming = fetch(request);
  if (!person || label === null) return coming.catch((error) => { if (htmx) throw error; return offlinePage(); });
  const there = back && back.startsWith("/") && !back.startsWith("//") ? back : "/";
  const hold = async () => {
    for (const name of OWN_FIELDS) form.delete(name);
    await keep({ person, url: path, tap, body: form.toString(), label });
    self.registration.sync?.register("waiting").catch(() => {});
    event.waitUntil(changed());
  };
  try {
    const answer = await Promise.race([coming, later(VERY_SLOW).then(() => { throw new Error("slow"); })]);
    if (answer.status === 401) { // signed out meanwhile: it waits here until this person is back
      await hold();
      const address = "/sign-in?next=" + encodeURIComponent(there);
      return htmx ? new Response(null, { headers: { "HX-Redirect": address } }) : Response.redirect(address, 303);
    }
    const taken = answer.type === "opaqueredirect" || (htmx && answer.ok);
    if (taken) event.waitUntil(settled(person, path, tap).then(changed));
    return answer;
  } catch {
    await hold();
    return htmx ? new Response(null, { status: 204 }) : Response.redirect(there, 303);
  }
}

async function signOut(request) {
  era += 1;
  await forgetPages();
  await mark("who", "none");
  try { return await fetch(request); } catch { await mark("signOut", true); return offlinePage(); }
}

self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST") {
    // only what our own pages send: a form of another site goes its ordinary way, and is refused by the server
    if (!request.referrer.startsWith(self.location.origin + "/") || request.headers.get("X-Opstap-Person")) return;
    if (url.pathname === "/sign-out") event.respondWith(signOut(request));
    else if (request.mode === "navigate" || request.headers.get("HX-Request")) event.respondWith(post(event, request));
  } else if (request.method !== "GET") return;
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (url.pathname === OFFLINE && request.mode !== "navigate") event.respondWith(offlineParts(request));
  else if (request.mode === "navigate") event.respondWith(visit(event));
});

// what waits ------------------------------------------------------------------------------------

const changed = async () => {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage({ changed: true });
};
const sendWaiting = async () => {
  const result = await flush(await mark("who"));
  if (result.sent) await changed();
  return result;
};
self.addEventListener("sync", (event) => event.waitUntil(sendWaiting().then((result) => { if (result.again) throw new Error("again"); })));

const ASKED = {
  items: async ({ person }) => (person === (await mark("who")) ? itemsOf(person) : []),
  flush: sendWaiting,
  remove: async ({ n, person }) => { const own = (await itemsOf(person)).find((item) => item.n === n); if (own) await remove(n); await changed(); },
  keep: ({ paths }) => fetchBeforehand(paths),
  claim: () => self.clients.claim(), // a page that was opening while the worker began
  takeOver: () => self.skipWaiting(),
};
self.addEventListener("message", (event) => {
  const act = ASKED[event.data && event.data.ask];
  if (act) event.waitUntil(act(event.data).then((answer) => event.ports[0]?.postMessage({ answer }), (error) => event.ports[0]?.postMessage({ error: String(error) })));
});

// messages: every push shows something: a phone takes the right to push away from who stays silent ----

self.addEventListener("push", (event) => {
  let message = {};
  try { message = Object(event.data && event.data.json()); } catch { /* not ours, or empty: still shown */ }
  event.waitUntil(self.registration.showNotification(message.title || "Opstap", {
    tag: message.tag, lang: message.lang, dir: message.dir, icon: {{ icon|tojson }}, badge: {{ badge|tojson }}, data: { path: message.path || "/messages" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.path, self.location.origin);
  if (address.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    // a window on another screen stays there: somebody may be typing in it
    for (const open of windows) if (open.url === address.href) return open.focus();
    return self.clients.openWindow(address.href);
  })());
});
