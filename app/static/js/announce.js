// The page's one live region; a module of its own, so that every script shares it.

/** Let screen readers hear a sentence. */
export function announce(sentence) {
  const said = document.querySelector("#said");
  if (said) said.textContent = sentence;
}
