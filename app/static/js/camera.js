// The live camera, where the browser reads codes by itself; a photo does the same everywhere.

const PAUSE_MS = 250; // between two looks
const AGAIN_MS = 3000; // until the same code counts as another scan

/** Show the camera beside its button and hand over each code it sees; a second press ends it. */
export async function watch(button, found) {
  const running = document.querySelector("#live");
  if (running) return end(running, button);
  const video = document.createElement("video");
  Object.assign(video, { id: "live", muted: true, playsInline: true });
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
    });
  } catch {
    button.hidden = true; // no camera, or not allowed: the photo is left
    return null;
  }
  button.form.after(video);
  button.setAttribute("aria-pressed", "true");
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
  return null;
}

function end(video, button) {
  for (const track of video.srcObject.getTracks()) track.stop();
  video.remove();
  button.setAttribute("aria-pressed", "false");
}
