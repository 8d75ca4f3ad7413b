// The phone page: shows what /sandbox/events tells, and posts what the resident does. It keeps nothing of its own but
// which resident is looked at.
import { bubble, el, face, summary, time } from "./bubbles.js";
import { drawBench, wireBench } from "./bench.js";
import { arrived, drawTexts, isUnread, markRead, wireTexts } from "./texts.js";
import { drawNotices, isNotice, isUnreadNotice, markNoticeRead, rang, wireNotices } from "./notices.js";
import { enterSends } from "./typing.js";

const $ = (id) => document.getElementById(id);
let state = null; // of /sandbox/state
let entries = new Map(); // by id
let current = decodeURIComponent(location.hash.slice(1)); // openid
const seen = new Map(); // openid -> id of the newest entry that was looked at

export async function call(method, path, body) {
  const response = await fetch(path, {
    method, headers: body && { "Content-Type": "application/json" }, body: body && JSON.stringify(body),
  }).catch(() => null);
  if (!response) return toast("没有连上，请看程序是否还在运行");
  const answer = await response.json();
  if (!response.ok) toast("不行：" + answer.error);
}

const act = (kind, more = {}) => call("POST", "actions", { resident: current, kind, ...more });

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

// What the platform tells.
const events = new EventSource("events");
events.addEventListener("state", (e) => { state = JSON.parse(e.data); drawAll(); });
events.addEventListener("record", (e) => {
  entries = new Map(JSON.parse(e.data).map((x) => [x.id, x]));
  if (!seen.size) for (const x of entries.values()) seen.set(x.resident, x.id), markRead(x), markNoticeRead(x);
  drawAll(true);
});
events.addEventListener("entry", (e) => {
  const entry = JSON.parse(e.data);
  const known = entries.has(entry.id);
  entries.set(entry.id, entry);
  if (entry.sms || isNotice(entry)) drawInbox();
  else if (entry.resident === current && rang(entry)) known ? redraw(entry) : append(entry);
  drawPeople();
  drawTitle();
  drawChips();
});
events.addEventListener("open", () => drawSecure());
events.addEventListener("error", () => drawSecure(true));

const me = () => state.residents.find((r) => r.openid === current);
const all = () => [...entries.values()].filter((e) => e.resident === current);
const mine = () => all().filter((e) => !e.sms && !isNotice(e) && rang(e));
// What keeps notices from somebody: that is what tells them apart in a broadcast.
const barred = (r) => [r.blocks && "屏蔽了通知", r.unreachable && "收不到短信"].filter(Boolean).join("，");
const faceOf = (r, extra = "") => face(r.name.match(/\d{1,2}(?=号$)|.$/)[0], "c" + (state.residents.indexOf(r) % 6) + " " + extra);
const accountFace = () => face(state.account.slice(0, 1), "account");

function drawAll(record) {
  if (!state) return;
  if (!me()) current = state.residents[0].openid;
  const follows = me().follows;
  $("profile").hidden = follows;
  for (const id of ["chat", "dock"]) $(id).hidden = !follows;
  $("profile-face").textContent = state.account.slice(0, 1);
  $("profile-name").textContent = state.account;
  $("profile-welcome").textContent = state.welcome;
  $("try").textContent = "试试：" + state.suggestion;
  drawSecure();
  drawMenu();
  drawScenes();
  drawBench(state, me(), faults);
  if (record) drawChat();
  drawInbox();
  drawPeople();
  drawTitle();
  drawChips();
}

const faults = { remove: () => call("DELETE", "faults"), add: (f) => call("POST", "faults", f) };

function drawSecure(lost) {
  if (!state) return;
  const modes = { secure: "安全模式：消息已加密并签名", compatible: "兼容模式：明文与密文同发", plain: "明文模式：消息未加密，只有签名" };
  $("secure").textContent = lost ? "连接断了，正在重连…" : modes[state.mode];
  $("secure").className = "secure" + (lost ? " lost" : state.mode === "secure" ? " on" : " off");
}

function drawTitle() {
  if (!state) return;
  const waiting = mine().some((e) => e.state === "sending" && e.from === "resident");
  const title = waiting ? "对方正在输入…" : state.account;
  if ($("title").textContent !== title) $("title").textContent = title;
}

function drawChips() {
  $("chips").hidden = !state || !me().follows || !state.suggestion || mine().some((e) => e.kind === "text" && e.from === "resident");
}

// A broadcast tells of many entries at once: the list is drawn once a frame, and of a town only a part.
const maxPeople = 60;
let drawing = 0;
function drawPeople() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    if (pressed) drawPeople(); // a button that is replaced under the finger is not clicked
    else drawPeopleNow();
  });
}
let pressed = false;
$("people-list").addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { pressed = false; });

function listed() {
  const wanted = $("find").value.trim();
  $("find-row").hidden = state.residents.length <= maxPeople;
  const found = state.residents.filter((r) => !wanted || r.name.includes(wanted) || r.about.includes(wanted) || barred(r).includes(wanted) || r.phone?.includes(wanted));
  $("others").textContent = found.length > maxPeople ? "还有" + (found.length - maxPeople) + "位，请用姓名或手机号查找。" : found.length ? "" : "没有这样的居民。";
  return found.slice(0, maxPeople);
}
$("find").addEventListener("input", drawPeople);

function drawPeopleNow() {
  if (!state) return;
  const newest = new Map(), unread = new Map();
  for (const e of entries.values()) {
    if (isUnread(e) || isUnreadNotice(e)) unread.set(e.resident, (unread.get(e.resident) || 0) + 1);
    if (e.sms || isNotice(e)) {
      if (e.sms ? arrived(e) : rang(e)) newest.set(e.resident, e);
      continue;
    }
    if (!rang(e)) continue;
    newest.set(e.resident, e);
    if (e.resident === current) seen.set(current, e.id);
    else if (e.from !== "resident" && e.id > (seen.get(e.resident) || 0)) unread.set(e.resident, (unread.get(e.resident) || 0) + 1);
  }
  const focused = document.activeElement?.closest("#people-list li")?.dataset.openid;
  $("people-list").replaceChildren(...listed().map((r) => {
    const last = newest.get(r.openid), n = unread.get(r.openid) || 0;
    return el("li", { "data-openid": r.openid }, el("button", {
      type: "button", "aria-current": r.openid === current ? "true" : undefined, onclick: () => select(r.openid),
    }, faceOf(r), el("span", { class: "name" }, r.name + " ", el("small", {}, barred(r) || r.about)),
    last ? el("time", {}, time(last.at)) : el("span", {}),
    el("span", { class: "last" }, last ? summary(last) : r.follows ? "已关注" : "还没有关注"),
    n ? el("span", { class: "dot", "aria-label": n + "条未读" }, String(n)) : undefined));
  }));
  if (focused) document.querySelector(`#people-list li[data-openid="${CSS.escape(focused)}"] button`)?.focus();
}

function select(openid) {
  current = openid;
  history.replaceState(null, "", "#" + encodeURIComponent(openid));
  closeSide();
  closeMenus();
  toggleGrid(false);
  drawAll(true);
  $("text").value = "";
  drawSend();
}

// The SMS inbox.
function drawInbox() {
  if (!state) return;
  const entries = all();
  drawTexts(state, me(), entries);
  drawNotices(state, me(), entries, act);
}
wireNotices(() => ({ state, me: me() }), act);
wireTexts((text) => act("sms-reply", { text }), () => { drawInbox(); drawPeople(); });

// The chat.
let stamped = 0; // time of the newest stamp
const items = new Map(); // entry id -> list item

function drawChat() {
  stamped = 0;
  items.clear();
  $("chat").replaceChildren();
  for (const e of mine()) append(e);
  const last = $("chat").lastElementChild;
  if (last) reveal(last); // whoever opens a chat is shown what came last
}

function append(e) {
  const at = Date.parse(e.at), chat = $("chat");
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  if (at - stamped > 5 * 60_000) { // WeChat stamps the chat after a pause of about five minutes
    chat.append(el("li", { class: "note" }, el("time", {}, time(e.at))));
    stamped = at;
  }
  const item = draw(e);
  items.set(e.id, item);
  chat.append(item);
  if (!atEnd && e.from !== "resident") return;
  reveal(item);
}

// A long answer is read from its beginning.
function reveal(item) {
  const chat = $("chat");
  chat.scrollTop = item.offsetHeight > chat.clientHeight - 40 ? item.offsetTop - chat.offsetTop - 8 : chat.scrollHeight;
}

function redraw(e) {
  const item = draw(e);
  items.get(e.id)?.replaceWith(item);
  items.set(e.id, item);
}

const draw = (e) => bubble(e, { mine: () => faceOf(me()), theirs: accountFace },
  (o) => act("choose", { text: o.content, key: o.id }));

// What is typed.
function drawSend() {
  const empty = !$("text").value.trim();
  $("send").hidden = empty;
  $("plus").hidden = !empty;
}
function sendText() {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  drawSend();
  act("text", { text });
}
$("text").addEventListener("input", drawSend);
$("text").addEventListener("focus", () => toggleGrid(false));
enterSends($("text"), sendText);
$("composer").addEventListener("submit", (e) => { e.preventDefault(); sendText(); $("text").focus(); });
$("try").addEventListener("click", () => act("text", { text: state.suggestion }));

function toggleGrid(open) {
  $("grid").hidden = !open;
  $("plus").setAttribute("aria-expanded", String(open));
  if (open) $("chat").scrollTop = $("chat").scrollHeight;
}
$("plus").addEventListener("click", () => toggleGrid($("grid").hidden));
const samples = {
  image: {}, video: {},
  location: { text: "示例小区3号楼", latitude: 30, longitude: 110 },
  link: { text: "一篇文章", key: "https://example.com/article" },
};
for (const b of document.querySelectorAll("[data-do]")) {
  b.addEventListener("click", () => { toggleGrid(false); act(b.dataset.do, samples[b.dataset.do]); });
}

// The account's menu.
function drawMenu() {
  const drawn = JSON.stringify(state.menu);
  if ($("menu").dataset.drawn === drawn) return;
  $("menu").dataset.drawn = drawn;
  $("menu").hidden = !state.menu.length;
  $("menu").replaceChildren(...state.menu.map((b) => {
    if (!b.sub_button.length) return el("div", {}, el("button", { type: "button", onclick: () => tap(b) }, b.name));
    const list = el("ul", { hidden: true }, ...b.sub_button.map((s) => el("li", {}, el("button", { type: "button", onclick: () => tap(s) }, s.name))));
    const top = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
      const open = list.hidden;
      closeMenus();
      list.hidden = !open;
      top.setAttribute("aria-expanded", String(open));
    } }, b.name);
    return el("div", {}, top, list);
  }));
}
function tap(b) {
  closeMenus();
  act(b.type, { key: b.key || b.url, text: b.name });
  if (b.type === "view") window.open(b.url, "_blank", "noopener");
}
function closeMenus() {
  for (const b of document.querySelectorAll("#menu [aria-expanded=true]")) {
    b.setAttribute("aria-expanded", "false");
    b.nextElementSibling.hidden = true;
  }
}
document.addEventListener("click", (e) => { if (!e.target.closest("#menu")) closeMenus(); });

// Dialogs and, on a narrow screen, the side panels.
for (const b of document.querySelectorAll("[data-dialog]")) {
  b.addEventListener("click", () => { toggleGrid(false); $(b.dataset.dialog).showModal(); });
}
for (const b of document.querySelectorAll("[data-dismiss]")) b.addEventListener("click", () => b.closest("dialog").close());
function drawScenes() {
  $("scenes").replaceChildren(...state.scenes.map((s) => el("li", {}, el("button", { type: "button", onclick: () => scan(s.scene) },
    s.label, s.label === s.scene ? undefined : el("small", {}, s.scene)))));
}
function scan(scene) {
  $("scan").close();
  act("scan", { key: scene });
}
$("scan-form").addEventListener("submit", (e) => {
  e.preventDefault();
  const scene = $("scene").value.trim();
  if (scene) scan(scene);
});
$("voice-form").addEventListener("submit", (e) => {
  e.preventDefault();
  $("voice").close();
  act("voice", { text: $("recognised").checked ? $("said").value.trim() : "" });
  $("said").value = "";
});
let opener = null;
for (const b of document.querySelectorAll("[data-open]")) {
  b.addEventListener("click", () => {
    opener = b;
    $(b.dataset.open).classList.add("open");
    $(b.dataset.open).querySelector("[data-close]").focus();
  });
}
function closeSide() {
  for (const side of document.querySelectorAll(".side.open")) side.classList.remove("open");
  opener?.focus();
  opener = null;
}
for (const b of document.querySelectorAll("[data-close]")) b.addEventListener("click", closeSide);
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  const open = document.querySelector("#menu [aria-expanded=true]");
  closeMenus();
  open?.focus();
  toggleGrid(false);
  closeSide();
});

$("follow").addEventListener("click", () => act("follow"));
$("unfollow").addEventListener("click", () => { closeSide(); act("unfollow"); });
$("report").addEventListener("click", () => { closeSide(); act("report", { latitude: 30, longitude: 110 }); });
wireBench(faults);

const tick = () => { $("clock").textContent = time(new Date()); };
tick();
setInterval(tick, 10_000);
