// Two short tones, higher for graver harm. Browsers allow sound only after a click, which turning it on is.
let context: AudioContext | null = null;

export function alarmTone(priority: number): void {
  context ??= new AudioContext();
  const base = priority <= 2 ? 880 : 587;
  play(context, base, 0);
  play(context, base * 1.5, 0.18);
}

function play(audio: AudioContext, hertz: number, afterS: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const startS = audio.currentTime + afterS;
  oscillator.frequency.value = hertz;
  // Ramps instead of edges: a hard start clicks.
  gain.gain.setValueAtTime(0, startS);
  gain.gain.linearRampToValueAtTime(0.25, startS + 0.02);
  gain.gain.linearRampToValueAtTime(0, startS + 0.16);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(startS);
  oscillator.stop(startS + 0.17);
}
