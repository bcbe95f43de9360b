// What makes the pages nicer; every one of them works without.
"use strict";

function addShowButton(input) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show";
  button.setAttribute("aria-label", `Show ${document.querySelector(`label[for="${input.id}"]`).textContent}`);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.textContent = shown ? "Show" : "Hide";
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
  input.after(button);
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector(".actions button").setAttribute("aria-disabled", "true");
  });
}

// The browser's Back may show the page as it was left: let its form be sent again.
function allowSendingAgain() {
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelector(".actions button")?.removeAttribute("aria-disabled");
  }
}

function showProgress(list, status) {
  [...list.children].forEach((item, number) => {
    const state = number < status.stepsDone ? "done" : number === status.stepsDone ? "current" : "waiting";
    if (item.dataset.state === state) return;
    item.dataset.state = state;
    item.querySelector("em").textContent = state;
  });
  const message = document.querySelector("[data-message]");
  if (message.textContent !== status.message) message.textContent = status.message;
}

async function followCheck(list) {
  try {
    const response = await fetch(list.dataset.statusUrl, { cache: "no-store" });
    if (!response.ok) return location.reload();
    const status = await response.json();
    if (status.next) return location.replace(status.next);
    showProgress(list, status);
  } catch {
    // The network failed for a moment; the next try is a second away.
  }
  setTimeout(followCheck, 1000, list);
}

// A link with the role of a button answers to the space bar too.
function pressWithSpace(link) {
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
}

document.querySelectorAll("input[type=password]").forEach(addShowButton);
document.querySelectorAll("form").forEach(sendOnce);
document.querySelectorAll("a[role=button]").forEach(pressWithSpace);
document.querySelectorAll("[data-status-url]").forEach(followCheck);
if (document.querySelector("[data-close-window]")) window.close();
window.addEventListener("pageshow", allowSendingAgain);
