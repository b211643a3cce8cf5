/* Passkeys: asks the phone to make one or to sign with one. Where it cannot, the other ways on the page stay. */
(() => {
  "use strict";
  const part = document.querySelector("[data-passkey]"), home = part && part.dataset.party, host = location.hostname;
  const able = part && window.PublicKeyCredential && window.isSecureContext && (host === home || host.endsWith("." + home));
  if (!able) return;
  const button = part.querySelector("[data-go]"), trouble = part.querySelector("[data-trouble]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const post = async (address, content) => {
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error("refused"), { words: said.error });
    return said;
  };
  const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const make = async (asked) => {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials) };
    const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
    return { id, rawId: text(rawId), type, response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) } };
  };
  const sign = async (asked) => {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
    const handle = response.userHandle ? { userHandle: text(response.userHandle) } : {};
    return { id, rawId: text(rawId), type, response: { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), ...handle } };
  };
  const go = async () => {
    trouble.hidden = true;
    button.disabled = true;
    try {
      const asked = await post(part.dataset.options, {});
      const answer = await (part.dataset.passkey === "make" ? make : sign)(asked);
      const { then } = await post(part.dataset.answer, { answer, next: part.dataset.next || "/" });
      location.assign(then);
    } catch (failed) {
      trouble.textContent = failed.words || trouble.dataset.failed;
      trouble.hidden = false;
      button.disabled = false;
    }
  };
  const unable = part.querySelector("[data-unable]");
  if (unable) unable.hidden = true;
  button.hidden = false;
  button.addEventListener("click", go);
})();
