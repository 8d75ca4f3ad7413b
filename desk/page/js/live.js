// data-live="URL": the server's HTML in this element, kept current. The address answers with a piece of a page, or as an event stream with
// pieces in events "message"; an event "end", or the answer 204, says that nothing will change any more, and so does a piece with data-last="ID",
// which also sends the form of that id. With data-every it is no stream: it is asked each so many seconds. Where streams do not come through it is asked each
// two; asking backs off, and nothing is asked while nobody looks. Without scripts the page is as it was loaded.
const policy = window.trustedTypes ? trustedTypes.createPolicy("desk", { createHTML: (html) => html }) : { createHTML: (html) => html };

// swap puts the server's HTML into an element. What was open or chosen in a preview stays so, and the focus stays where it was.
export function swap(element, html) {
  const open = [...element.querySelectorAll("details[id][open]")].map((d) => d.id);
  const focus = element.contains(document.activeElement) && document.activeElement.id;
  const chosen = [...element.querySelectorAll("input[form=none]:checked")].map((i) => i.id);
  const fresh = document.createElement("template");
  fresh.innerHTML = policy.createHTML(html);
  const old = [...element.children], now = [...fresh.content.children];
  if (old.length === now.length && now.every((n, i) => n.id && n.id === old[i].id)) {
    now.forEach((n, i) => { if (!n.isEqualNode(old[i])) old[i].replaceWith(n); }); // what is the same is not touched: a press on it counts
  } else {
    element.replaceChildren(fresh.content);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const id of chosen) { const tab = document.getElementById(id); if (tab) tab.checked = true; }
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

const longest = 30000;

for (const element of document.querySelectorAll("[data-live]")) {
  const address = new URL(element.dataset.live, location.href), shortest = 1000 * (element.dataset.every || 2);
  let stream, timer, wait = shortest, ended = false, lastHeard = new Date(), asking = false;

  const lost = document.createElement("p");
  lost.className = "lost";
  lost.hidden = true;
  lost.setAttribute("role", "status");
  element.before(lost);

  const saw = (id) => { if (id) address.searchParams.set("seen", id); }; // the next question, to this server or another, goes on from there
  const heard = (html) => {
    swap(element, html);
    wait = shortest;
    lastHeard = new Date();
    lost.hidden = true;
    announce(element);
    const last = element.querySelector("[data-last]");
    if (last) end();
    if (last?.dataset.last) document.getElementById(last.dataset.last)?.requestSubmit();
  };
  const missed = () => {
    wait = Math.min(wait * 2, longest);
    if (new Date() - lastHeard < 2 * shortest) return;
    const at = lastHeard.toLocaleTimeString("zh-CN", { hour12: false });
    const text = "连接断了，正在重试。下面是 " + at + " 的情况。";
    if (lost.textContent !== text) lost.textContent = text;
    lost.hidden = false;
  };
  const rest = () => {
    stream?.close();
    stream = undefined;
    clearTimeout(timer);
  };
  const end = () => { ended = true; lost.hidden = true; rest(); };

  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.status === 204) return end();
      if (answer.status === 401 || answer.redirected) return location.reload(); // signed out: the login page says so
      if (!answer.ok) throw new Error(answer.status);
      saw(answer.headers.get("Last-Event-ID"));
      heard(await answer.text());
    } catch {
      missed();
    } finally {
      asking = false;
    }
    if (!ended && !document.hidden) timer = setTimeout(ask, wait);
  };
  const listen = () => {
    rest();
    if (ended || document.hidden) return;
    if (element.dataset.every) return ask();
    const opened = stream = new EventSource(address);
    let heardOf = false;
    opened.onmessage = (e) => { heardOf = true; saw(e.lastEventId); heard(e.data); };
    opened.addEventListener("end", (e) => { if (e.data) heard(e.data); end(); });
    opened.onerror = () => {
      opened.close();
      if (stream !== opened) return;
      if (!heardOf) return ask();
      missed();
      timer = setTimeout(listen, wait);
    };
  };
  document.addEventListener("visibilitychange", () => { document.hidden ? rest() : listen(); });
  window.addEventListener("pagehide", rest);
  window.addEventListener("pageshow", (e) => { if (e.persisted) listen(); });
  listen();
}

// What [data-say] within a live part says is read out, at most each ten seconds.
let said = 0, saying = "";
function announce(element) {
  const text = element.querySelector("[data-say]")?.textContent.trim();
  if (!text || text === saying || Date.now() - said < 10000) return;
  let region = document.getElementById("said");
  if (!region) {
    region = document.createElement("p");
    region.id = "said";
    region.className = "hidden";
    region.setAttribute("aria-live", "polite");
    document.body.append(region);
  }
  said = Date.now();
  region.textContent = saying = text;
}
