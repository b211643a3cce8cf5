/* The waiting room of a phone: what was tapped without internet stays here until the server has taken it.
   It lives in the worker, which is there once for all open pages. The phone is no archive: the server's copy is the truth.

   An item: { n, person, url, tap, body, label, at, state, status }
   person  opaque key of who tapped; only ever sent or shown while that person is signed in
   url     what is sent to; an item with the same address takes the place of one that still waits
   tap     the id made at the tap, where each tap counts by itself (a start, a week of feedback): nothing takes its place
   state   "waiting"; "parked": the server said no (`status`); "done": only its address is left */
"use strict";
const DAY = 86_400_000, KEPT_DAYS = 60;

const opened = () => new Promise((done, fail) => {
  const request = indexedDB.open("opstap", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("items", { keyPath: "n", autoIncrement: true });
    request.result.createObjectStore("marks");
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

/* One transaction; what `act` returns, once it is on the disk. */
const inStore = async (name, act, mode = "readwrite") => {
  const database = await opened();
  return new Promise((done, fail) => {
    const work = database.transaction(name, mode, { durability: "strict" });
    const request = act(work.objectStore(name));
    work.oncomplete = () => { database.close(); done(request && request.result); };
    work.onabort = work.onerror = () => { database.close(); fail(work.error); };
  });
};
const mark = (name, value) => inStore("marks", (store) => (value === undefined ? store.get(name) : store.put(value, name)));
const everything = () => inStore("items", (store) => store.getAll(), "readonly");
const itemsOf = async (person) => (await everything()).filter((item) => item.person === person);
const change = (item) => inStore("items", (store) => store.put(item));
const remove = (n) => inStore("items", (store) => store.delete(n));

const same = (item, url, tap) => item.url === url && (item.tap || "") === (tap || "");

/* Keep what was tapped. Resolves when it is safe on the disk, and only then may a screen say so. */
const keep = async (item) => {
  const before = (await itemsOf(item.person)).filter((other) => same(other, item.url, item.tap));
  await inStore("items", (store) => {
    for (const other of before) store.delete(other.n);
    return store.add({ ...item, at: Date.now(), state: "waiting" });
  });
};

/* What was sent another way no longer has to be sent. */
const settled = async (person, url, tap) => {
  for (const item of await itemsOf(person)) if (same(item, url, tap) && item.state !== "done") await done(item);
};
const done = (item) => change({ n: item.n, person: item.person, url: item.url, tap: item.tap, at: Date.now(), state: "done" });

const send = (item) => fetch(item.url, {
  method: "POST", body: item.body, redirect: "manual", signal: AbortSignal.timeout(30_000),
  headers: {
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "X-Opstap-Person": item.person,
    "X-Opstap-Age": String(Math.max(0, Math.round((Date.now() - item.at) / 1000))),
  },
});

/* Send what waits of one person, in order. One refusal is parked and holds up nobody; without internet all wait on.
   Gives how many were taken, and whether some must be tried again. */
const flushNow = async (person) => {
  const result = { sent: 0, again: false }, items = await itemsOf(person);
  if (!items.some((item) => item.state === "waiting")) return result;
  let signedIn;
  try { signedIn = (await fetch("/healthz", { cache: "no-store" })).headers.get("X-Opstap-Person"); } catch { return { ...result, again: true }; }
  if (signedIn !== person) return result; // somebody else, nobody, or a network that only pretends: all stays sealed
  for (const item of items) {
    if (item.state === "done" && Date.now() - item.at > KEPT_DAYS * DAY) await remove(item.n);
    if (item.state !== "waiting") continue;
    let answer;
    try { answer = await send(item); } catch { result.again = true; break; }
    if (answer.headers.get("X-Opstap-Person") !== person) break; // the same, in the middle of it
    if (answer.ok) { await done(item); result.sent += 1; }
    else if (answer.status >= 500 || answer.status === 429) { result.again = true; break; }
    else await change({ ...item, state: "parked", status: answer.status });
  }
  return result;
};

let flushing = null;
const flush = (person) => {
  flushing ||= flushNow(person).finally(() => { flushing = null; });
  return flushing;
};
