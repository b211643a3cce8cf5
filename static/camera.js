/* Reads the square of the letter with the camera, where the browser can. Elsewhere the link says how the phone itself does it. */
(() => {
  "use strict";
  const button = document.querySelector("[data-scan]"), video = document.querySelector("[data-camera]");
  if (!button || !window.BarcodeDetector || !navigator.mediaDevices) return;
  let stream = null;
  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    video.previousElementSibling.removeAttribute("hidden");
  };
  const look = async (reader) => {
    while (stream) {
      const found = await reader.detect(video).catch(() => []);
      for (const { rawValue } of found) {
        const code = /\/start\/([0-9A-Za-z]{8})$/.exec(rawValue); // only the code is taken from it, never the address
        if (code) { stop(); location.assign("/start/" + code[1]); return; }
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  };
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (stream) { stop(); return; }
    try {
      if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) throw new Error("no squares");
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.previousElementSibling.setAttribute("hidden", "");
      video.hidden = false;
      await video.play();
      look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      location.hash = "camera-help";
    }
  });
  addEventListener("pagehide", stop);
})();
