// Messages on this phone: asks only after a tap, subscribes again at every start, forgets at sign-out.
(() => {
  "use strict";
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const state = document.querySelector("[data-push-state]");
  const on = document.querySelector("[data-push-on]");
  const off = document.querySelector("[data-push-off]");

  const say = (word) => {
    if (state) state.textContent = state.dataset[word];
    if (on) on.hidden = word !== "off" && word !== "failed";
    if (off) off.hidden = word !== "on";
  };
  const bytes = (key) => Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const tell = (method, subscription) =>
    fetch("/push/subscriptions", { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(subscription) });

  async function subscribe(key) {
    const worker = await navigator.serviceWorker.ready;
    const known = await worker.pushManager.getSubscription();
    const wanted = known || (key && (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) })));
    if (!wanted) return false;
    return (await tell("POST", wanted)).ok;
  }

  async function forget() {
    const worker = await navigator.serviceWorker.getRegistration();
    const known = worker && (await worker.pushManager.getSubscription());
    if (!known) return;
    await tell("DELETE", known).catch(() => {});
    await known.unsubscribe();
  }

  async function start() {
    if (!able) return say("unsupported");
    await navigator.serviceWorker.register("/sw.js");
    if (Notification.permission === "denied") return say("denied");
    const kept = Notification.permission === "granted" && document.querySelector("form[data-sign-out], [data-push-on], .nav") && (await subscribe(""));
    say(kept ? "on" : "off");
  }

  if (on) on.addEventListener("click", async () => {
    try {
      const answer = await Notification.requestPermission();
      say(answer === "denied" ? "denied" : (await subscribe(on.dataset.key)) ? "on" : "failed");
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
