// WeChat's 服务通知: the subscription notifications that reached the resident, and the sheet on which they agree to them.
import { el, noticeCard, time } from "./bubbles.js";

const $ = (id) => document.getElementById(id);
const read = new Set(); // ids of notifications that were looked at
const isOpen = () => !$("notices").hidden;
let owner = ""; // whose notifications the list shows
const items = new Map(); // id -> list item

// What belongs here and not into the account's chat.
export const isNotice = (e) => ["subscription", "consent", "refuse"].includes(e.kind);
// Whether the resident's phone knows of a notice: one that was blocked never rang.
export const rang = (e) => !e.notice || e.state === "delivered";

export function markNoticeRead(e) {
  if (e.kind === "subscription") read.add(e.id);
}

export const isUnreadNotice = (e) => e.kind === "subscription" && rang(e) && !read.has(e.id);

export function drawNotices(state, me, entries, act) {
  $("tab-notices").hidden = !state.subscriptions.length;
  const mine = entries.filter((e) => isNotice(e) && rang(e));
  if (isOpen()) mine.forEach(markNoticeRead);
  const n = mine.filter(isUnreadNotice).length;
  $("notices-unread").className = n ? "dot" : "";
  $("notices-unread").textContent = n ? String(n) : "";
  $("tab-notices").setAttribute("aria-label", n ? "服务通知，" + n + "条未读" : "服务通知");
  $("agreed").textContent = me.agreed.length ? "已同意接收 " + me.agreed.length + " 种订阅通知" : "还没有同意接收订阅通知";
  drawList(state, me, mine, act);
}

// Only what is new is drawn: a screen reader reads out what is added to the list.
function drawList(state, me, mine, act) {
  const list = $("notices-list");
  if (owner !== me.openid || mine.length < items.size || !items.size) {
    owner = me.openid;
    items.clear();
    list.replaceChildren(...(mine.length ? [] : [el("li", { class: "note" }, "还没有服务通知")]));
  }
  const before = items.size;
  for (const e of mine) {
    if (items.has(e.id)) continue;
    const item = draw(state, e, act);
    items.set(e.id, item);
    list.append(item);
  }
  if (items.size !== before) list.scrollTop = list.scrollHeight;
  // Who refused a template already has no button to refuse it.
  for (const b of list.querySelectorAll("[data-refuse]")) b.hidden = !me.agreed.includes(b.dataset.refuse);
}

function draw(state, e, act) {
  const title = (id) => "「" + (state.subscriptions.find((t) => t.id === id)?.title || id) + "」";
  if (e.kind === "refuse") return note(e, "在设置里拒收了" + title(e.key));
  if (e.kind === "consent") {
    const said = (accept) => e.consents.filter((c) => c.accept === accept).map((c) => title(c.template)).join("、");
    return note(e, [said(true) && "同意接收" + said(true), said(false) && "没有同意" + said(false)].filter(Boolean).join("，"));
  }
  const refuse = el("button", { type: "button", class: "refuse", "data-refuse": e.notice.template,
    onclick: () => act("refuse", { key: e.notice.template, text: e.notice.title }) }, "拒收通知");
  return el("li", { class: "notice", "data-kind": e.kind },
    el("div", { class: "notice-head" }, el("span", {}, state.account), el("time", {}, time(e.at))), noticeCard(e), refuse);
}

const note = (e, text) => el("li", { class: "note", "data-kind": e.kind }, el("span", {}, text));

// The sheet: 允许 agrees to what is ticked and refuses the rest, 拒绝 refuses all, and closing it says nothing.
export function wireNotices(current, act) {
  for (const b of document.querySelectorAll("[data-consent]")) {
    b.addEventListener("click", () => {
      const { state, me } = current();
      $("consent-account").textContent = state.account;
      $("consent-list").replaceChildren(...state.subscriptions.map((t) => el("li", {}, el("label", { class: "check" },
        el("input", { type: "checkbox", value: t.id, checked: !me.agreed.length || me.agreed.includes(t.id) }), t.title))));
      $("consent").showModal();
    });
  }
  const answer = (allow) => {
    $("consent").close();
    const boxes = [...$("consent-list").querySelectorAll("input")];
    act("consent", { consents: boxes.map((b) => ({ template: b.value, accept: allow && b.checked })) });
  };
  $("consent-form").addEventListener("submit", (e) => { e.preventDefault(); answer(true); });
  $("consent-refuse").addEventListener("click", () => answer(false));
}
