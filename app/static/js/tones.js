// Tones for people who do not look at the screen: one for each outcome, as loud as the device.

const TONES = { ok: [880, 60, 1], again: [520, 60, 2], no: [220, 300, 1] };
const MUTED = "desk-muted";
let audio;

/** Play the tone of an outcome, unless this browser's desk is muted. */
export function play(name) {
  const tone = TONES[name];
  if (!tone || localStorage.getItem(MUTED)) return;
  const [pitch, length, times] = tone;
  audio ??= new AudioContext();
  for (let time = 0; time < times; time += 1) {
    const sound = audio.createOscillator();
    const start = audio.currentTime + (time * 2 * length) / 1000;
    sound.frequency.value = pitch;
    sound.connect(audio.destination);
    sound.start(start);
    sound.stop(start + length / 1000);
  }
}
