// Sends the form of an operation and shows what came back. The token stays in its field.
"use strict";

function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("input")) {
    if (input.dataset.in === "path") {
      path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    } else if (input.dataset.in === "query" && input.value !== "") {
      query.append(input.name, input.value);
    }
  }
  const tail = query.toString();
  return tail === "" ? path : `${path}?${tail}`;
}

function request(form) {
  const headers = {};
  const token = document.getElementById("token").value.trim();
  if (token !== "") headers.authorization = `Bearer ${token}`;
  for (const input of form.querySelectorAll('input[data-in="header"]')) {
    if (input.value !== "") headers[input.name] = input.value;
  }
  const body = form.querySelector('textarea[data-in="body"]');
  if (body) headers["content-type"] = body.dataset.kind;
  return {
    method: form.dataset.method.toUpperCase(),
    headers,
    body: body ? body.value : undefined,
    credentials: "omit",
    cache: "no-store",
  };
}

function pretty(text, kind) {
  if (!kind.includes("json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form) {
  const answer = form.querySelector("output");
  answer.textContent = "…";
  try {
    const response = await fetch(address(form), request(form));
    const kind = response.headers.get("content-type") ?? "";
    const body = pretty(await response.text(), kind);
    answer.textContent = `${response.status} ${response.statusText}\n\n${body}`;
  } catch (error) {
    answer.textContent = `The server did not answer: ${error.message}`;
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.dataset.method) send(event.target);
});
