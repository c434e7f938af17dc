// <site-notice api="https://notices.example" token-url="/notice-token" lang="de"></site-notice>
//
// Shows the people who are affected what concerns them, in the page of the site that they use, and
// tells the server what became of it: in the page, seen, opened, acknowledged.
//
// What always holds:
// - Nothing is stored and no cookie is set. What could not be sent is tried again from memory only.
// - Text enters as text, never as HTML. Styles are a constructed sheet. So a page may forbid inline
//   styles and all Trusted Types policies.
// - Whatever goes wrong, the page stays as it was: no notice, no error, no empty space.
// - Focus is never taken on arrival. It moves once: to the confirmation, after the button was pressed.
//
// The server cuts lines that are only a comment, and the blanks at the start of each line.

const AGAIN_AFTER = [500, 2000, 8000, 32000];
const SEEN_AFTER = 2000;
const STALE_AFTER = 300000;
const SEES_COVER = "isVisible" in IntersectionObserverEntry.prototype;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { all: initial; display: block }
  [hidden] { display: none !important }
  section {
    box-sizing: border-box; overflow-wrap: anywhere;
    padding: 20px max(16px, calc(50% - var(--sn-width, 760px) / 2));
    font: 16px/1.55 system-ui, sans-serif; color: var(--sn-fg, #1b2430);
    background: var(--sn-bg, #f3f6fb); border: solid var(--sn-line, #2f5fa7); border-width: 4px 0 1px;
  }
  small { display: block; font-size: 14px; font-weight: 600; color: var(--sn-line, #2f5fa7) }
  h2 { margin: 4px 0 0; font-size: 22px; line-height: 1.3 }
  h3 { margin: 16px 0 0; font-size: 17px }
  p, ul { max-width: 76ch; margin: 8px 0 0 }
  ul { padding-inline-start: 22px }
  p { white-space: pre-line }
  a { color: inherit; text-underline-offset: 3px }
  button {
    min-height: 44px; margin: 16px 12px 0 0; padding: 8px 18px; font: inherit; cursor: pointer;
    color: inherit; background: none; border: 1px solid; border-radius: 6px;
  }
  [dir=rtl] button { margin: 16px 0 0 12px }
  button.yes { font-weight: 600; color: var(--sn-bg, #fff); background: var(--sn-line, #2f5fa7) }
  [aria-disabled=true] { opacity: .6; cursor: default }
  :focus-visible { outline: 3px solid; outline-offset: 2px }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  @media (prefers-color-scheme: dark) {
    section {
      color: var(--sn-fg, #e8edf4); background: var(--sn-bg, #182231);
      border-color: var(--sn-line, #8db4f0);
    }
    small { color: var(--sn-line, #8db4f0) }
    button.yes { color: var(--sn-bg, #101722); background: var(--sn-line, #8db4f0) }
  }
  @media (forced-colors: active) { section { border: 2px solid } }
  @media print { button { display: none } }
`);

// Pauses; being online again ends a pause early.
const pause = (ms) =>
  new Promise((done) => {
    setTimeout(done, ms);
    addEventListener("online", done, { once: true });
  });

// Asks until there is an answer that trying again would not change.
async function ask(url, init) {
  for (const ms of [...AGAIN_AFTER, 0]) {
    try {
      const answer = await fetch(url, { credentials: "omit", ...init });
      if (answer.status < 500 && answer.status != 429) return answer;
    } catch {
      // Offline, blocked or broken off: the same to us.
    }
    if (init.signal?.aborted || !ms) break;
    await pause(ms);
  }
  throw 0;
}

// Makes an element with properties, attributes (those with a dash or no property) and children.
function make(name, set, ...children) {
  const element = document.createElement(name);
  for (const key in set) {
    if (key in element) element[key] = set[key];
    else element.setAttribute(key, set[key]);
  }
  element.append(...children);
  return element;
}

// Text and links; a link to anything but a page or a mail address stays text.
function spans(list, opened) {
  return list.map(({ text, href }) => {
    if (!/^(https|mailto):/i.test(href)) return text;
    const rest = href[0] == "h" ? { target: "_blank", rel: "noopener" } : {};
    return make("a", { href, onclick: opened, onauxclick: opened, ...rest }, text);
  });
}

function block({ type, text, spans: list, items }, opened) {
  if (type == "heading") return make("h3", {}, text);
  if (type == "list")
    return make("ul", {}, ...items.map((item) => make("li", {}, ...spans(item, opened))));
  return make("p", {}, ...spans(list, opened));
}

class SiteNotice extends HTMLElement {
  static observedAttributes = ["lang"];

  #token = "";
  #stop = new AbortController();
  #shown = "";
  #at = 0;
  #watch = [];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    document.addEventListener("visibilitychange", () => {
      for (const look of this.#watch) look();
      if (!document.hidden && performance.now() - this.#at > STALE_AFTER) this.#load();
    });
    addEventListener("pageshow", (event) => event.persisted && this.#load());
    // A page that set the property before this script ran.
    if (Object.hasOwn(this, "token")) {
      this.#token = this.token;
      delete this.token;
    }
  }

  // For pages that change who is signed in without a reload.
  set token(token) {
    this.signOut();
    this.#token = token;
    this.#load();
  }

  // Takes the notice away; an answer still on its way is dropped.
  signOut() {
    this.#stop.abort();
    this.#token = this.#shown = "";
    this.#clear();
  }

  connectedCallback() {
    this.#load();
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#shown = "";
    this.#clear();
  }

  attributeChangedCallback(name, before, after) {
    if (before != after) this.#load();
  }

  #clear() {
    for (const look of this.#watch) look(true);
    this.#watch = [];
    this.shadowRoot.replaceChildren();
  }

  async #load() {
    if (!this.isConnected) return;
    this.#stop.abort();
    const { signal } = (this.#stop = new AbortController());
    this.#at = performance.now();
    // Several changes in one turn of the page are one load.
    await 0;
    if (signal.aborted) return;
    try {
      if (document.prerendering)
        await new Promise((go) => document.addEventListener("prerenderingchange", go, { once: true }));
      const lang = this.lang || document.documentElement.lang || navigator.language;
      const url = this.getAttribute("api") + "/v1/notices?lang=" + encodeURIComponent(lang);
      let answer;
      // A token can have ended while the page stood open: the second try asks for a new one.
      for (const cache of ["default", "reload"]) {
        const token = this.#token || (await this.#fetchToken(cache, signal));
        if (!token || signal.aborted) return this.#show([], signal);
        answer = await ask(url, { signal, headers: { Authorization: "Bearer " + token } });
        if (answer.status != 401) break;
      }
      this.#show(answer.ok ? (await answer.json()).notices : [], signal);
    } catch {
      // The page stays as it is.
    }
  }

  async #fetchToken(cache, signal) {
    const url = this.getAttribute("token-url");
    if (!url) return "";
    const answer = await fetch(url, { cache, signal });
    return answer.ok ? (await answer.text()).trim() : "";
  }

  #show(notices, signal) {
    if (signal.aborted) return;
    // The same text again must not take away where a reader is in it.
    const shown = JSON.stringify(notices.map((n) => [n.id, n.version, n.lang]));
    if (shown == this.#shown) return;
    this.#shown = shown;
    this.#clear();
    const said = make("p", { className: "said", role: "status" });
    if (notices[0]) this.shadowRoot.append(said);
    for (const notice of notices) this.shadowRoot.append(this.#section(notice, said));
    // A status must be there, empty, before it is filled: only then is it read out.
    setTimeout(() => (said.textContent = notices.map((n) => n.labels.kicker + ": " + n.title)), 200);
    setTimeout(() => (said.textContent = ""), 5200);
  }

  #section(notice, said) {
    const { receipt, labels, lang, dir } = notice;
    const heading = "n" + receipt.split(".")[1];
    const tell = (level, more) =>
      ask(this.getAttribute("api") + "/v1/events", {
        method: "POST",
        keepalive: true,
        body: JSON.stringify({ receipt, level, ...more }),
      });
    const quietly = (level, more) => tell(level, more).catch(() => {});

    const opened = (event) => event.isTrusted && quietly("opened");
    const body = make("div", {}, ...notice.blocks.map((each) => block(each, opened)));
    const yes = make("button", { type: "button", className: "yes" }, labels.acknowledge);
    const problem = make("p", { role: "status" });
    yes.onclick = async (event) => {
      // A press by a script proves nothing; a press while sending changes nothing.
      if (!event.isTrusted || yes.ariaDisabled) return;
      yes.ariaDisabled = "true";
      problem.textContent = labels.sending;
      try {
        if (!(await tell("acknowledged")).ok) throw 0;
        const thanks = make("p", { tabIndex: -1 }, labels.acknowledged);
        problem.replaceWith(thanks);
        yes.remove();
        thanks.focus();
      } catch {
        yes.ariaDisabled = null;
        problem.textContent = labels.failed;
      }
    };
    const actions = make("div", {}, yes);
    const section = make(
      "section",
      { lang, dir, "aria-labelledby": heading },
      // Said in words, once: a title often says it itself.
      notice.title.includes(labels.kicker) ? "" : make("small", {}, labels.kicker),
      make("h2", { id: heading }, notice.title),
      body,
      actions,
      problem,
    );
    if (notice.hideable) {
      const hide = make("button", { type: "button", "aria-expanded": true }, labels.hide);
      hide.onclick = () => {
        yes.hidden = body.hidden = !body.hidden;
        hide.textContent = body.hidden ? labels.show : labels.hide;
        hide.ariaExpanded = !body.hidden;
      };
      actions.append(hide);
    }
    this.#observe(body, quietly);
    return section;
  }

  // Tells `rendered` once the text takes up room, and `seen` once it was in view for two seconds in a
  // row. Something lying over it, where the browser can tell, makes that `seen_occluded`.
  #observe(body, tell) {
    const told = {};
    const once = (level, more) => {
      if (!told[level]) told[level] = tell(level, more);
    };
    let entry, timer, running, since;
    const look = (end) => {
      const box = entry?.intersectionRect;
      const root = entry?.rootBounds ?? { width: innerWidth, height: innerHeight };
      const enough =
        end !== true &&
        entry?.isIntersecting &&
        !document.hidden &&
        (entry.intersectionRatio >= 0.5 ||
          box.width * box.height >= 0.5 * root.width * root.height);
      const level = enough && (SEES_COVER && !entry.isVisible ? "seen_occluded" : "seen");
      if (level !== running) {
        clearTimeout(timer);
        running = level;
        since = performance.now();
        if (level && !told.seen)
          timer = setTimeout(
            () => once(level, { dwell_ms: Math.round(performance.now() - since) }),
            SEEN_AFTER,
          );
      }
      if (end === true || told.seen) watcher.disconnect();
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        entry = entries.at(-1);
        if (entry.boundingClientRect.height) once("rendered");
        look();
      },
      {
        // Fine steps, so that a text far taller than the screen is measured too.
        threshold: Array.from({ length: 201 }, (_, i) => i / 200),
        trackVisibility: true,
        delay: 100,
      },
    );
    watcher.observe(body);
    this.#watch.push(look);
  }
}

customElements.get("site-notice") ?? customElements.define("site-notice", SiteNotice);
