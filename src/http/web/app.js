// What makes the pages more convenient. All of them work without it.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  // The same instant on the reader's own clock, where a page shows it in full.
  const local = (root) => {
    for (const time of root.querySelectorAll("time[data-local]")) {
      if (!zone || time.querySelector(".local") || time.textContent.includes(zone)) continue;
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const words = new Intl.DateTimeFormat("en-GB", {
        weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
      }).format(at);
      const span = document.createElement("span");
      span.className = "local";
      span.textContent = ` ${words} your time (${zone.split("/").pop().replaceAll("_", " ")})`;
      time.append(span);
    }
  };

  // The reader's own zone, near the top of each list of zones.
  const zones = () => {
    for (const select of document.querySelectorAll("select[data-zones]")) {
      const first = select.querySelector("optgroup");
      if (!zone || !first || [...first.children].some((o) => o.value === zone)) continue;
      const own = [...select.options].find((o) => o.value === zone);
      if (!own) continue;
      const group = document.createElement("optgroup");
      group.label = "Yours";
      group.append(own);
      first.after(group);
    }
  };

  // A form that was changed and not sent is not left without a question.
  const unsaved = () => {
    let changed = false;
    for (const form of document.querySelectorAll("main form[method=post]")) {
      if (!form.querySelector("textarea, input[type=text], input[type=datetime-local]")) continue;
      form.addEventListener("input", () => { changed = true; });
      form.addEventListener("submit", () => { changed = false; });
    }
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  };

  // A code block gets a button that copies it.
  const copy = () => {
    if (!navigator.clipboard) return;
    for (const code of document.querySelectorAll("[data-copy]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      (code.closest("pre") ?? code).after(button);
    }
  };

  // A part of a page that keeps itself current; it can be paused.
  const poll = (live) => {
    const url = live.dataset.poll;
    const every = Number(live.dataset.every) * 1000;
    const state = live.querySelector("[data-poll-state]");
    const said = live.querySelector("[data-poll-said]");
    const words = document.createElement("span");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    state.replaceChildren(words, " ", button);
    let paused = false;
    let failed = false;
    const show = () => {
      button.textContent = paused ? "Resume updates" : "Pause updates";
      words.textContent = paused ? "Updates are paused."
        : failed ? "The server does not answer; what is shown may be old."
        : `Updates itself. Last looked at ${new Date().toLocaleTimeString("en-GB")}.`;
    };
    button.addEventListener("click", () => { paused = !paused; show(); });
    let shown = null;
    const look = async () => {
      if (paused || document.hidden) return;
      try {
        const headers = shown ? { "x-part": "1", "if-none-match": shown } : { "x-part": "1" };
        const answer = await fetch(url, { headers, cache: "no-store" });
        if (answer.status === 401) {
          paused = true;
          words.textContent = "Your session has ended. Load the page again to sign in.";
          return;
        }
        failed = !answer.ok && answer.status !== 304;
        if (answer.ok) {
          const box = document.createElement("template");
          box.innerHTML = await answer.text();
          const part = box.content.firstElementChild;
          if (part.dataset.over !== undefined) {
            location.reload();
            return;
          }
          const old = document.getElementById(part.id);
          local(part);
          const focused = old.contains(document.activeElement)
            ? document.activeElement.getAttribute("href") : null;
          if (old.dataset.said !== part.dataset.said) said.textContent = part.dataset.said;
          old.replaceWith(part);
          if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
          shown = answer.headers.get("etag");
        }
      } catch {
        failed = true;
      }
      show();
    };
    show();
    setInterval(look, every);
    document.addEventListener("visibilitychange", look);
  };

  local(document);
  zones();
  unsaved();
  copy();
  for (const live of document.querySelectorAll("[data-poll]")) poll(live);
  // Browsers give the focus to what a page marks; some forget it after Back.
  document.querySelector(".summary[autofocus]")?.focus();
})();
