// Shows messages and opens the screen they are about. It keeps nothing of anybody.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// every push shows something: a phone takes the right to push away from who stays silent
self.addEventListener("push", (event) => {
  let message = {};
  try { message = event.data ? event.data.json() : {}; } catch { message = {}; }
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
    for (const open of windows) {
      if ("navigate" in open) { await open.focus(); return open.navigate(address.href); }
    }
    return self.clients.openWindow(address.href);
  })());
});
