// Starts the slides. S opens the speaker's notes, ? says the other keys.
"use strict";

Reveal.initialize({
  width: 1280, height: 720, margin: 0, center: false, hash: true, slideNumber: "c/t", controlsTutorial: false,
  transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide",
  plugins: [RevealNotes],
});
