// The Portal's own script: switches, the New company dialog, copy buttons, parts that refresh themselves.
"use strict";

const JSON_ONLY = { Accept: "application/json" };
const FAILED = "That didn't work. Reload the page and try again.";

async function send(form) {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body, headers: JSON_ONLY });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    return { ok: response.ok, answer: isJson ? await response.json() : { error: FAILED } };
}

// A switch takes effect at once; without this script it is the submit button of its form.
async function flip(form) {
    const button = form.querySelector("[role=switch]");
    const state = form.querySelector("[data-state]");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
        const { ok, answer } = await send(form);
        if (!ok) throw new Error(answer.error);
        button.setAttribute("aria-checked", String(answer.enabled));
        form.elements.enabled.value = String(!answer.enabled);
        state.textContent = answer.state;
    } catch {
        state.textContent = FAILED;
    }
    button.removeAttribute("aria-busy");
}

async function addCompany(form) {
    const dialog = form.closest("dialog");
    const field = form.elements.name;
    const error = form.querySelector("[data-error]");
    const result = await send(form).catch(() => ({ ok: false, answer: { error: FAILED } }));
    error.textContent = result.ok ? "" : result.answer.error;
    field.toggleAttribute("aria-invalid", !result.ok);
    if (!result.ok) return field.focus();
    const shown = dialog.querySelector("[data-result]");
    form.hidden = true;
    shown.hidden = false;
    shown.querySelector("[data-page]").href = result.answer.page;
    const url = shown.querySelector("input");
    url.value = result.answer.link_url;
    url.focus();
    url.select();
    // The list behind the dialog doesn't know the company yet.
    dialog.addEventListener("close", () => location.reload(), { once: true });
}

async function copy(button) {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch {
        document.execCommand("copy"); // where the clipboard API is missing, e.g. over plain http
    }
    button.closest(".tb-field").querySelector("[data-copied]").textContent = "Copied.";
}

function refresh(part) {
    setTimeout(async () => {
        const response = await fetch(part.dataset.refresh).catch(() => null);
        if (!response?.ok || response.redirected) return refresh(part);
        const fresh = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
        if (!fresh?.dataset.refresh) return;
        refresh(replace(part, fresh));
    }, Number(part.dataset.seconds) * 1000);
}

// Keeps the part that is there when nothing changed, and the focus when something did.
function replace(part, fresh) {
    const text = (node) => node.innerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (text(part) === text(fresh)) return part;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus();
    return fresh;
}

// The theme's icons are words in a font: a screen reader would say "storefront Companies".
function silence(icon) {
    const alone = icon.parentElement.textContent.trim() === icon.textContent.trim();
    if (!alone && !icon.hasAttribute("x-on:click")) icon.setAttribute("aria-hidden", "true");
}

// The theme makes some controls of elements that a keyboard doesn't reach.
function makeReachable(element) {
    if (element.textContent.trim() === "close") element.setAttribute("aria-label", "Close the menu");
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        element.click();
    });
}

document.addEventListener("submit", (event) => {
    const form = event.target;
    const handler = form.matches("[data-switch]") ? flip : form.matches("[data-new-company]") ? addCompany : null;
    if (!handler) return;
    event.preventDefault();
    handler(form);
});

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens], [data-closes], [data-copies]");
    if (!button) return;
    if (button.dataset.copies) return copy(button);
    event.preventDefault();
    if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
    else button.closest("dialog").close();
});

document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-refresh]").forEach(refresh);
    document.querySelectorAll(".material-symbols-outlined").forEach(silence);
    document.querySelectorAll("#nav-sidebar :is(div, span, a:not([href]))").forEach((element) => {
        if (element.hasAttribute("x-on:click")) makeReachable(element);
    });
});
