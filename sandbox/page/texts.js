// The phone's SMS inbox: the texts that reached the resident's number, and what they answered.
import { el, failure, linked, time } from "./bubbles.js";
import { enterSends } from "./typing.js";

const $ = (id) => document.getElementById(id);
const read = new Set(); // ids of texts that were looked at
const tabs = () => [...document.querySelectorAll("#apps [role=tab]")].filter((t) => !t.hidden);
const isOpen = () => !$("texts").hidden;
let owner = ""; // whose texts the list shows
const items = new Map(); // id -> { item, state }

// Whether the resident's phone knows of an entry: a text that did not get through, or that the platform refused, never rang.
export const arrived = (e) => e.kind === "sms-reply" || (e.kind === "sms" && e.state === "delivered");

export function markRead(e) {
  if (e.sms && arrived(e)) read.add(e.id);
}

export const isUnread = (e) => e.kind === "sms" && arrived(e) && !read.has(e.id);

export function drawTexts(state, me, entries) {
  $("apps").hidden = !state.sms && !state.subscriptions.length;
  $("tab-texts").hidden = !state.sms;
  if (!state.sms) return;
  const texts = entries.filter((e) => e.sms && arrived(e)).sort((a, b) => Date.parse(at(a)) - Date.parse(at(b)));
  if (isOpen()) for (const e of texts) markRead(e);
  drawBadge(texts.filter(isUnread).length);
  $("own-number").textContent = me.phone ? "本机号码 " + me.phone.replace(/^(...)(....)/, "$1 $2 ") : me.name + "没有手机号";
  $("sender").textContent = texts.length ? texts.at(-1).sms.dest_code : "短信";
  $("reply-text").disabled = !me.phone;
  drawSend();
  drawList(me.openid, texts);
}

// Only what is new or changed is drawn: a screen reader reads out what is added to the list.
function drawList(openid, texts) {
  const list = $("inbox");
  if (owner !== openid || texts.length < items.size || !items.size) {
    owner = openid;
    items.clear();
    list.replaceChildren(...(texts.length ? [] : [el("li", { class: "note" }, "还没有短信")]));
  }
  const before = items.size;
  for (const e of texts) {
    const known = items.get(e.id);
    if (known?.state === e.state) continue;
    const item = draw(e);
    known ? known.item.replaceWith(item) : list.append(item);
    items.set(e.id, { item, state: e.state });
  }
  if (items.size !== before) list.scrollTop = list.scrollHeight;
}

const at = (e) => e.sms.received || e.at;

function draw(e) {
  const mine = e.from === "resident";
  const state = e.state === "sending" ? el("span", { class: "state sending", role: "img", "aria-label": "正在发送" })
    : e.state === "failed" ? failure(e) : undefined;
  return el("li", { class: mine ? "mine" : "theirs", "data-kind": e.kind },
    el("span", { class: "hidden" }, (mine ? "居民" : "来自" + e.sms.dest_code) + "："),
    el("div", { class: "body" }, el("div", { class: "bubble" }, ...linked(e.text)), el("time", { class: "caption" }, time(at(e)))), state);
}

function drawBadge(n) {
  $("texts-unread").className = n ? "dot" : "";
  $("texts-unread").textContent = n ? String(n) : "";
  $("tab-texts").setAttribute("aria-label", n ? "短信，" + n + "条未读" : "短信");
}

const drawSend = () => { $("reply-send").disabled = $("reply-text").disabled || !$("reply-text").value.trim(); };

// Tabs: a click, or the arrow keys from one to the next.
export function wireTexts(send, opened) {
  const open = (tab) => {
    for (const t of tabs()) {
      t.setAttribute("aria-selected", String(t === tab));
      t.tabIndex = t === tab ? 0 : -1;
      $(t.getAttribute("aria-controls")).hidden = t !== tab;
    }
    $("inbox").scrollTop = $("inbox").scrollHeight;
    opened();
  };
  for (const tab of document.querySelectorAll("#apps [role=tab]")) {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (e) => {
      if (!["ArrowLeft", "ArrowRight"].includes(e.key)) return;
      const all = tabs(), step = e.key === "ArrowRight" ? 1 : all.length - 1;
      const other = all[(all.indexOf(tab) + step) % all.length];
      other.focus();
      open(other);
    });
  }
  const submit = () => {
    const text = $("reply-text").value.trim();
    if (!text) return;
    $("reply-text").value = "";
    drawSend();
    send(text);
  };
  $("reply-text").addEventListener("input", drawSend);
  enterSends($("reply-text"), submit);
  $("reply").addEventListener("submit", (e) => { e.preventDefault(); submit(); $("reply-text").focus(); });
}
