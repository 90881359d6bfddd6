// The live camera, where the browser reads codes by itself; a photo does the same everywhere.

const PAUSE_MS = 250;
const AGAIN_MS = 3000; // the same code is the same scan

/** Show the camera below its button and hand over each code it sees; a second press ends it. */
export async function watch(button, found) {
  const shown = document.querySelector("#live");
  button.setAttribute("aria-pressed", String(!shown));
  if (shown) {
    for (const track of shown.srcObject.getTracks()) track.stop();
    shown.remove();
    return;
  }
  const video = Object.assign(document.createElement("video"), { id: "live" });
  try {
    const wish = { video: { facingMode: "environment" } };
    video.srcObject = await navigator.mediaDevices.getUserMedia(wish);
  } catch {
    button.hidden = true; // no camera, or not allowed: the photo is left
    return;
  }
  button.form.after(video);
  await video.play();
  const detector = new BarcodeDetector();
  const seen = new Map();
  while (video.isConnected) {
    for (const { rawValue } of await detector.detect(video).catch(() => [])) {
      if (Date.now() - (seen.get(rawValue) ?? 0) > AGAIN_MS) found(rawValue);
      seen.set(rawValue, Date.now());
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}
