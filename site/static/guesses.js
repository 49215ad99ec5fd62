// "Predict, then measure": what a lesson measures stays folded until the reader has guessed, or skips the guess
// by Esc. Nothing is sent or kept. Where this script does not run, everything is seen.

"use strict";

const FOLDED = "until-found"; // the browser's own search still finds what is folded, and opens it

function measurement(form) {
  // The output of the first cell, the cells right below it, and the paragraph that tells what was seen.
  let cell = form.nextElementSibling;
  const parts = [...cell.querySelectorAll(":scope > .cell_output")];
  for (let more = Number(form.dataset.cells); more > 1; more -= 1) {
    cell = cell.nextElementSibling;
    parts.push(cell);
  }
  const seen = cell.nextElementSibling;
  return seen && seen.tagName === "P" ? [...parts, seen] : parts;
}

function numberIn(text) {
  // "0,05", "1/3", "−2", "5 %" and "1e-3" are numbers, too.
  const [above, below = "1"] = text
    .replace(/[\s%°]/g, "")
    .replace(/[−–]/g, "-")
    .replace(",", ".")
    .split("/");
  return above === "" || below === "" ? NaN : Number(above) / Number(below);
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
  for (const words of ["", unit || "number", "as a share of the measurement"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
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

function open(form) {
  for (const part of measurement(form)) {
    part.hidden = false;
    part.classList.remove("to-be-guessed");
  }
  form.classList.add("done");
  for (const control of form.querySelectorAll("button")) control.hidden = true;
  form.querySelector("input").readOnly = true;
}

function skip(form) {
  open(form);
  form.hidden = true;
}

function compare(form) {
  const input = form.querySelector("input");
  const answer = form.querySelector(".compared");
  const guess = numberIn(input.value);
  if (!Number.isFinite(guess)) {
    answer.textContent = "That is no number. Write one such as 0.05, 1/20 or 5e-2.";
    input.focus();
    return;
  }
  open(form);
  answer.replaceChildren(compared(form, guess));
}

function prepare(form) {
  for (const part of measurement(form)) {
    part.classList.add("to-be-guessed");
    part.setAttribute("hidden", FOLDED);
    part.addEventListener("beforematch", () => skip(form));
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.classList.contains("done")) compare(form);
  });
  form.querySelector("button[type=button]").addEventListener("click", () => skip(form));
}

function inView(form) {
  const { top, bottom } = form.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const waiting = [...document.querySelectorAll("form.guess:not(.done)")];
  const form = waiting.find((each) => each.contains(document.activeElement)) || waiting.find(inView);
  if (form) skip(form);
});

for (const form of document.querySelectorAll("form.guess")) prepare(form);
