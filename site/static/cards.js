// "Predict, then measure": what a lesson measures stays folded until the reader has guessed, or skips the guess
// by Esc. Nothing is sent or kept. Where this script does not run, everything is seen.

"use strict";

const FOLDED = "until-found"; // the browser's own search still finds what is folded, and opens it

function measurement(form) {
  // The cells, whose code tells the number now and then, and what below them says what was seen.
  const parts = [];
  let next = form.nextElementSibling;
  for (let more = Number(form.dataset.cells); more > 0; more -= 1) {
    parts.push(next);
    next = next.nextElementSibling;
  }
  return next && next.matches("p, ul") ? [...parts, next] : parts;
}

function numberIn(text) {
  // "0,05", "1/3", "−2", "5 %" and "1e-3" are numbers, too.
  const [above, below = "1", more] = text
    .replace(/[\s%°]/g, "")
    .replace(/[−–]/g, "-")
    .replace(",", ".")
    .split("/");
  return above === "" || below === "" || more !== undefined ? NaN : Number(above) / Number(below);
}

function share(value, measured) {
  const ratio = value / measured;
  const far = ratio !== 0 && (Math.abs(ratio) < 0.01 || Math.abs(ratio) >= 1000);
  return (far ? ratio.toExponential(1) : String(Number(ratio.toPrecision(3)))).replace("-", "−");
}

function compared(form, guess) {
  const { measured, theory, called, unit } = form.dataset;
  const rows = [["your guess", guess]];
  if (theory !== undefined) rows.push([called, theory]);
  rows.push(["measured", measured]);
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const words of ["", unit || "number", "ratio"]) {
    const cell = document.createElement(words ? "th" : "td");
    if (words) cell.scope = "col";
    cell.textContent = words;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const [name, value] of rows) {
    const row = body.insertRow();
    const header = document.createElement("th");
    header.scope = "row";
    header.textContent = name;
    row.append(header);
    row.insertCell().textContent = String(value).replace(/^-/, "−");
    row.insertCell().textContent = share(Number(value), Number(measured));
  }
  return table;
}

function prepare(form) {
  const input = form.querySelector("input");
  const answer = form.querySelector(".compared");
  const parts = measurement(form);

  const open = () => {
    for (const part of parts) {
      part.hidden = false;
      part.classList.remove("to-be-guessed");
    }
    form.classList.add("done");
    for (const control of form.querySelectorAll("button")) control.hidden = true;
    input.readOnly = true;
  };
  const skip = () => {
    const wasHere = form.contains(document.activeElement);
    open();
    form.hidden = true;
    if (wasHere) {
      parts[0].tabIndex = -1;
      parts[0].focus({ preventScroll: true });
    }
  };
  const compare = () => {
    const guess = numberIn(input.value);
    if (Number.isFinite(guess)) {
      open();
      answer.replaceChildren(compared(form, guess));
    } else {
      answer.textContent = "That is no number. Write one such as 0.05, 1/20 or 5e-2.";
    }
    input.focus();
  };

  for (const part of parts) {
    part.classList.add("to-be-guessed");
    part.setAttribute("hidden", FOLDED);
    part.addEventListener("beforematch", skip);
  }
  form.hidden = false;
  form.querySelector("button[type=button]").addEventListener("click", skip);
  form.addEventListener("skip", skip);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.classList.contains("done")) compare();
  });
}

function inView(form) {
  const { top, bottom } = form.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const waiting = [...document.querySelectorAll("form.guess:not(.done)")];
  const form = waiting.find((each) => each.contains(document.activeElement)) || waiting.find(inView);
  if (form) form.dispatchEvent(new Event("skip"));
});

for (const form of document.querySelectorAll("form.guess")) prepare(form);
