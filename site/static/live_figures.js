// Gives the figures that course_lib/live_figures.py packed into a page their sliders, and plays the animations.
// Needs nothing else, and asks the network for nothing. Where it does not run, a still picture stands.
"use strict";

for (const box of document.querySelectorAll(".live-figure")) {
  const packed = document.querySelector(`script[data-figure="${box.dataset.states}"]`);
  if (packed && "DecompressionStream" in window) {
    unpacked(packed.textContent).then(figure => makeLive(box, figure));
  }
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

function makeLive(box, figure) {
  const still = box.querySelector("img");
  const picture = still.cloneNode();
  picture.className = "live-figure-now";
  const controls = element("div", {className: "live-figure-controls"});
  const sliders = figure.sliders.map(({name, values, start}) => {
    const range = element("input", {type: "range", min: 0, max: values.length - 1, value: start});
    const label = element("label"), value = element("span", {ariaHidden: "true"});
    label.append(element("span", {textContent: name}), range, value);
    controls.append(label);
    return {range, value, values};
  });
  let wanted, shown, drawing = false;

  function tell() {
    wanted = 0;
    for (const {range, value, values} of sliders) {
      wanted = wanted * values.length + Number(range.value);
      value.textContent = range.ariaValueText = values[range.value];
    }
  }

  async function draw() {
    tell();
    if (drawing) return;
    drawing = true;
    while (shown !== wanted) {  // whoever drags is often ahead: what lies between is left out
      shown = wanted;
      const svg = figure.states[shown].map(part => figure.parts[part]).join("");
      const address = URL.createObjectURL(new Blob([svg], {type: "image/svg+xml"}));
      picture.src = address;
      picture.alt = figure.alts[shown];
      await picture.decode().catch(() => {});
      URL.revokeObjectURL(address);
    }
    drawing = false;
  }

  tell();
  if (figure.seconds) controls.prepend(player(box, sliders[0].range, draw, figure.seconds));
  controls.addEventListener("input", draw);
  box.prepend(controls);
  box.append(picture);
  box.classList.add("is-live");
}

// A button that moves a slider on, and begins to do so when the reader comes to it, unless less motion is asked for.
function player(box, range, draw, seconds) {
  const button = element("button", {type: "button"});
  let timer = null;

  function play(on) {
    clearTimeout(timer);
    timer = on ? setTimeout(next, 1000 * seconds) : null;
    button.textContent = on ? "Pause" : "Play";
  }

  function next() {
    range.value = range.value === range.max ? 0 : Number(range.value) + 1;
    draw();
    timer = setTimeout(next, 1000 * seconds + (range.value === range.max ? 2000 : 0));
  }

  play(false);
  button.addEventListener("click", () => play(timer === null));
  for (const touched of ["input", "pointerdown", "keydown"]) {  // at an end of the scale a key moves nothing
    range.addEventListener(touched, ({key}) => ["Tab", "Shift"].includes(key) || play(false));
  }
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    new IntersectionObserver((seen, watch) => {
      if (seen[0].isIntersecting) { watch.disconnect(); play(true); }
    }, {threshold: 0.5}).observe(box);
  }
  return button;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
