// Messages on this phone: asks only after a tap, tells the server again at every start, forgets at sign-out.
(() => {
  "use strict";
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const state = document.querySelector("[data-push-state]");
  const on = document.querySelector("[data-push-on]");
  const off = document.querySelector("[data-push-off]");
  const signedIn = document.querySelector(".nav, form[data-sign-out], [data-push-on]");
  const TOLD = "push-told"; // what the server knows already, for as long as this window lives and nobody signs out

  const say = (word) => {
    if (state) state.textContent = state.dataset[word];
    if (on) on.hidden = word !== "off" && word !== "failed";
    if (off) off.hidden = word !== "on";
  };
  const bytes = (key) => Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const plain = (key) => btoa(String.fromCharCode(...new Uint8Array(key))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const tell = (method, subscription, query = "") =>
    fetch("/push/subscriptions" + query, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription) });
  const told = (endpoint) => { try { sessionStorage.setItem(TOLD, endpoint); } catch { /* then it is told again */ } };
  const isTold = (endpoint) => { try { return sessionStorage.getItem(TOLD) === endpoint; } catch { return false; } };
  const ask = (worker, key) => worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });

  // Whether messages come to this phone now. `key` is ours when it is known; the answer of the server names it too.
  async function subscribe(key, query) {
    const worker = await navigator.serviceWorker.ready;
    let own = await worker.pushManager.getSubscription();
    if (!own && !key) return false;
    if (own && !query && isTold(own.endpoint)) return true;
    own = own || (await ask(worker, key));
    let answer = await tell("POST", own, query);
    if (!answer.ok) return false;
    const ours = (await answer.json()).key, used = own.options && own.options.applicationServerKey;
    if (used && plain(used) !== ours) { // subscribed with a key we no longer have: no message would ever arrive
      await tell("DELETE", own);
      await own.unsubscribe();
      own = await ask(worker, ours);
      answer = await tell("POST", own, query);
    }
    if (answer.ok) told(own.endpoint);
    return answer.ok;
  }

  async function forget() {
    told("");
    const worker = await navigator.serviceWorker.getRegistration();
    const known = worker && (await worker.pushManager.getSubscription());
    if (!known) return;
    await tell("DELETE", known).catch(() => {});
    await known.unsubscribe();
  }

  async function start() {
    if (!signedIn) told(""); // whoever signs in here next is told anew
    if (!able) return say("unsupported");
    await navigator.serviceWorker.register("/sw.js");
    if (Notification.permission === "denied") return say("denied");
    const kept = Notification.permission === "granted" && signedIn && (await subscribe(""));
    say(kept ? "on" : "off");
  }

  if (on) on.addEventListener("click", async () => {
    try {
      const answer = await Notification.requestPermission();
      const kept = answer === "granted" && (await subscribe(on.dataset.key, "?asked=1"));
      say(answer === "denied" ? "denied" : kept ? "on" : answer === "granted" ? "failed" : "off");
      const wish = document.querySelector("input[name=push]");
      if (kept && wish) wish.checked = true;
    } catch { say("failed"); }
  });
  if (off) off.addEventListener("click", async () => { await forget(); say("off"); });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!able || form.getAttribute("action") !== "/sign-out" || form.dataset.forgotten) return;
    event.preventDefault();
    form.dataset.forgotten = "1";
    const go = () => form.submit();
    Promise.race([forget(), new Promise((done) => setTimeout(done, 1500))]).then(go, go);
  });

  start().catch(() => say("off"));
})();
