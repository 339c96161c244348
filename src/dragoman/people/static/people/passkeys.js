// Passkeys (WebAuthn level 2): the one page that cannot do without script, and says so.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

  function creation({ publicKey }) {
    return { publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials) } };
  }
  function request({ publicKey }) {
    return { publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) } };
  }
  function told(credential) {
    const { response } = credential, answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) answer.attestationObject = text(response.attestationObject);
    if (response.getTransports) answer.transports = response.getTransports();
    if (response.authenticatorData) answer.authenticatorData = text(response.authenticatorData);
    if (response.signature) answer.signature = text(response.signature);
    if (response.userHandle) answer.userHandle = text(response.userHandle);
    return JSON.stringify({ type: credential.type, id: credential.id, rawId: text(credential.rawId), authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults(), response: answer });
  }
  async function ask(form) {
    if (form.dataset.passkey === "add") return navigator.credentials.create(creation(JSON.parse(form.dataset.options)));
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return navigator.credentials.get(request((await answer.json()).request_options));
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    if (!window.PublicKeyCredential) continue; // the sentence that says so stays
    form.querySelector("[data-unable]").hidden = true;
    form.querySelector("[data-able]").hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        form.elements.credential.value = told(await ask(form));
      } catch { // refused, timed out, or no such key on this device: the reader may try again
        failed.hidden = false;
        return;
      }
      form.submit();
    });
  }
})();
