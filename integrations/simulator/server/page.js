"use strict";

// Each form is one order: its fields become a JSON object that is posted to the form's address.

const said = document.getElementById("said");
let quietLater;

function say(text) {
  said.textContent = text;
  clearTimeout(quietLater);
  quietLater = setTimeout(() => { said.textContent = ""; }, 6000);
}

function valueOf(field) {
  if ("truth" in field.dataset) return field.value === "true";
  if ("scale" in field.dataset) return Number(field.value) * Number(field.dataset.scale);
  if (field.type === "number" || "number" in field.dataset) return Number(field.value);
  return field.value;
}

function orderOf(form, button) {
  const fields = [...form.elements].filter((field) => field.matches("input, select"));
  if (button) fields.push(button);
  return Object.fromEntries(
    fields.filter((field) => field.name && field.value !== "").map((field) => [field.name, valueOf(field)]),
  );
}

async function refresh() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(old.id);
    if (fresh) old.replaceWith(fresh);
  }
}

async function carryOut(form, button) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(orderOf(form, button)),
  });
  const result = await answer.json();
  if (!answer.ok) return say(result.error);
  if (result.path) return location.assign(`/control${result.path}/`);
  say(form.dataset.done);
  return refresh();
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  carryOut(event.target, event.submitter).catch(() => say("The simulator does not answer."));
});

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-refresh]")) refresh();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
