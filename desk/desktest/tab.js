// What a test asks of a page in Chromium: an object of functions, none of which leaves anything on the page.
({
  text: e => (e?.innerText ?? "").replace(/\s+/g, " ").trim(),

  shown: e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0,

  // nameOf is what a screen reader calls an element.
  nameOf(e) {
    const by = e.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map(id => this.text(document.getElementById(id))).join(" ");
    if (e.hasAttribute("aria-label")) return e.getAttribute("aria-label").trim();
    if (e.matches("input:is([type=submit], [type=button], [type=reset])")) return e.value;
    if (e.matches("input, select, textarea")) return e.labels?.length ? this.ownText(e.labels[0]) : "";
    return this.text(e) || (e.querySelector("img")?.alt ?? "");
  },

  // ownText is the text of a label without that of fields in it.
  ownText(label) {
    let said = "";
    const walk = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("select, textarea")) said += walk.currentNode.data;
    return said.replace(/\s+/g, " ").trim();
  },

  // within is the smallest part of the page that says a text; the page for "".
  within(said) {
    if (!said) return document;
    const parts = [...document.querySelectorAll("li, tr, article, section, fieldset, form, dl, details, nav, aside")]
      .filter(e => e.textContent.replace(/\s+/g, " ").includes(said));
    return parts.find(e => !parts.some(other => other !== e && e.contains(other))) ?? null;
  },

  pressable: "a[href], button, summary, input:is([type=submit], [type=button])",
  fields: "input:not([type=hidden], [type=submit], [type=button]), select, textarea",

  // find is the only shown element of a kind with a name: called so, or else with a name that holds it. A string says why there is none.
  find(kind, name, said) {
    const scope = this.within(said);
    if (!scope) return `nothing on the page says "${said}"`;
    const all = [...scope.querySelectorAll(this[kind])].filter(e => this.shown(e) || e.labels?.length && this.shown(e.labels[0]));
    let found = all.filter(e => this.nameOf(e) === name);
    if (found.length === 0) found = all.filter(e => this.nameOf(e).includes(name));
    if (found.length === 1) return found[0];
    return `${found.length} are called "${name}"; there are ${JSON.stringify(all.map(e => this.nameOf(e)))}`;
  },

  // at is where the mouse presses an element, once it is in view.
  at(kind, name, said) {
    let e = this.find(kind, name, said);
    if (typeof e === "string") return { fault: e };
    if (e.disabled) return { fault: `"${name}" is disabled` };
    if (!this.shown(e) || e.matches("[type=checkbox], [type=radio]") && e.labels?.length) e = e.labels[0];
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = e.getClientRects()[0], x = box.left + box.width / 2, y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    if (!top || !(e.contains(top) || top.contains(e) || [...(top.labels ?? [])].includes(e) || top.closest("label")?.control === e))
      return { fault: `"${name}" is covered by ${top ? this.describe(top) : "nothing: it lies outside"}` };
    return { x, y };
  },

  describe(e) {
    const said = this.nameOf(e).slice(0, 30);
    return e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className && typeof e.className === "string" ? "." + e.className.split(" ").join(".") : "") + (said ? ` "${said}"` : "");
  },

  // narrow are targets that a finger misses, in a window that is held in a hand. A link within a sentence is as high as its line. Elsewhere
  // axe-core's rule on targets is enough.
  narrow(min) {
    const faults = [];
    if (innerWidth > 640) return faults;
    for (const e of document.querySelectorAll(this.pressable + ", " + this.fields)) {
      const boxes = [e, ...(e.matches("[type=checkbox], [type=radio], [type=file]") ? e.labels ?? [] : [])].filter(b => this.shown(b)).map(b => b.getBoundingClientRect());
      if (boxes.length === 0 || boxes.every(b => b.right < 0 || b.bottom < 0)) continue; // a link to skip to the main part stands outside
      if (boxes.every(b => b.width <= 1 && b.height <= 1)) continue; // nobody sees it: what Enter presses
      if (e.matches("a") && getComputedStyle(e).display === "inline" && this.text(e.parentElement).length > this.text(e).length) continue;
      const width = Math.max(...boxes.map(b => b.width)), height = Math.max(...boxes.map(b => b.height));
      if (width < min - 0.5 || height < min - 0.5) faults.push(`${this.describe(e)} is ${Math.round(width)} x ${Math.round(height)} px, want ${min}`);
    }
    return faults;
  },

  // wide are elements that make the page scroll sideways.
  wide() {
    const room = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= room) return [];
    const out = [...document.body.querySelectorAll("*")].filter(e => this.shown(e) && e.getBoundingClientRect().right > room + 1);
    return [`the page is ${document.scrollingElement.scrollWidth} px wide, and the window ${room}: ` + out.slice(0, 5).map(e => this.describe(e)).join(", ")];
  },

  ring(e) {
    return [e, e.parentElement, e.nextElementSibling, ...(e.labels ?? [])].filter(Boolean).map(of => {
      const s = getComputedStyle(of);
      const outline = s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 1 ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor;
      return outline + s.boxShadow + s.borderColor + s.backgroundColor + s.textDecorationLine;
    }).join("|");
  },

  reachable() {
    return [...document.querySelectorAll(this.pressable + ", " + this.fields + ", [tabindex]")]
      .filter(e => this.shown(e) && !e.disabled && !e.closest("fieldset[disabled]") && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked));
  },

  // walk begins a walk by keyboard: how everything looks without focus is noted.
  walk() {
    document.body.tabIndex = -1; // or the walk would begin where the focus was
    document.body.focus({ preventScroll: true });
    document.body.removeAttribute("tabindex");
    window.walked = { rings: new Map(this.reachable().map(e => [e, this.ring(e)])), stops: new Set() };
  },

  // stop looks at what has the focus now. over says that the walk has come round.
  stop() {
    const e = document.activeElement, w = window.walked;
    if (!e || e === document.body || e === document.documentElement) return { over: w.stops.size > 0 };
    if (w.stops.has(e) && e !== w.last) return { over: true };
    const again = w.stops.has(e);
    w.stops.add(e);
    w.last = e;
    if (again) return { name: this.nameOf(e) }; // a date has several parts
    const box = e.getBoundingClientRect(), faults = [];
    if (this.ring(e) === w.rings.get(e)) faults.push(`${this.describe(e)} looks the same with the focus and without`);
    const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20), top = document.elementFromPoint(x, y);
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push(`${this.describe(e)} has the focus and is out of view`);
    else if (top && !e.contains(top) && !top.contains(e) && ![...(e.labels ?? [])].some(l => l.contains(top)))
      faults.push(`${this.describe(e)} has the focus and is covered by ${this.describe(top)}`);
    return { name: this.nameOf(e), faults };
  },

  // look notes how everything looks without focus, on a page where Tab is about to be pressed.
  look() { window.looked ??= { rings: new Map(this.reachable().filter(e => e !== document.activeElement).map(e => [e, this.ring(e)])) }; },

  // step says what has the focus now, and what is wrong with that. After the last comes the first again.
  step() {
    const e = document.activeElement, w = window.looked, before = w.at;
    if (!e || e === document.body || e === document.documentElement) return w.at = null, { name: "" };
    w.at = e;
    const name = this.nameOf(e);
    if (e === before) return { name }; // a date has several parts
    if (before?.isConnected && before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING && e !== this.reachable()[0])
      return { name, fault: `${this.describe(e)} comes after ${this.describe(before)}, and stands before it` };
    if (this.ring(e) === w.rings.get(e)) return { name, fault: `${this.describe(e)} looks the same with the focus and without` };
    const box = e.getBoundingClientRect();
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return { name, fault: `${this.describe(e)} has the focus and is out of view` };
    return { name };
  },

  // missed ends the walk.
  missed() {
    document.activeElement?.blur(); // a link to skip to the main part lies over others while it has the focus
    return [...window.walked.rings.keys()].filter(e => !window.walked.stops.has(e) && e.isConnected).map(e => `${this.describe(e)} is not reached by keyboard`);
  },
})
