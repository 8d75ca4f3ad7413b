// How the entries of the platform's record look on a phone. Text is only ever set as text, never as HTML.

export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") e.addEventListener("click", value);
    else if (value !== undefined && value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null));
  return e;
}

const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const day = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", timeZone: "Asia/Shanghai" });

export function time(at) {
  const then = new Date(at);
  const today = day.format(new Date()) === day.format(then);
  return (today ? "" : day.format(then) + " ") + clock.format(then);
}

// What WeChat shows of an action that is no message, in the middle of the chat.
const notes = {
  follow: () => "关注了公众号",
  unfollow: () => "不再关注公众号",
  scan: (e) => "扫了二维码 " + e.key,
  click: (e) => "点了菜单「" + (e.text || e.key) + "」",
  view: (e) => "从菜单打开 " + e.key,
  report: () => "上报了位置",
  consent: () => "答复了订阅通知的请求",
  refuse: () => "拒收了一种订阅通知",
  transfer: (e) => e.text,
  notice: (e) => e.text,
};

// One line of the list of chats.
export function summary(e) {
  if (notes[e.kind]) return notes[e.kind](e);
  if (e.sms) return "[短信] " + e.text;
  if (e.kind === "subscription") return "[服务通知] " + e.text;
  const kinds = { voice: "[语音]", image: "[图片]", video: "[视频]", location: "[位置]", link: "[链接]" };
  return (kinds[e.kind] || "") + " " + e.text.split("\n")[0];
}

export function face(name, className) {
  return el("div", { class: "face " + className, "aria-hidden": "true" }, name);
}

// One entry as a list item. who = {mine, theirs}: the two faces; choose is called with an option that was tapped.
export function bubble(e, who, choose) {
  const failed = e.state === "failed" ? failure(e) : undefined;
  if (notes[e.kind]) {
    const text = notes[e.kind](e) + (e.state === "failed" ? "（没有送达）" : "");
    return el("li", { class: "note" + (e.kind === "notice" ? " bad" : ""), title: e.reason || undefined, "data-kind": e.kind }, el("span", {}, text));
  }
  const mine = e.from === "resident";
  const body = el("div", { class: "body" }, ...content(e, choose));
  if (e.via === "custom") body.append(el("span", { class: "caption" }, "客服消息"));
  const state = e.state === "sending" ? el("span", { class: "state sending", role: "img", "aria-label": "正在发送" }) : failed;
  return el("li", { class: mine ? "mine" : "theirs", "data-kind": e.kind },
    el("span", { class: "hidden" }, (mine ? "居民" : "公众号") + "："), mine ? who.mine() : who.theirs(), body, state);
}

export function failure(e) {
  const why = "没有送达，共推送" + e.attempts + "次：" + e.reason;
  return el("span", { class: "state failed", role: "img", "aria-label": why, title: why }, "!");
}

function content(e, choose) {
  switch (e.kind) {
    case "voice": {
      const seconds = Math.max(1, Math.min(60, Math.ceil([...e.text].length / 4)));
      const sound = el("div", { class: "bubble voice" }, seconds + "″");
      return e.text ? [sound, el("div", { class: "said" }, e.text)] : [sound];
    }
    case "image":
    case "video":
      return [el("div", { class: "bubble picture " + e.kind }, el("img", { src: "photo.svg", alt: e.kind === "image" ? "照片" : "视频", width: "160", height: "120" }))];
    case "location":
      return [el("div", { class: "bubble card" }, el("strong", {}, e.text), el("small", {}, "位置"), el("div", { class: "map" }))];
    case "template":
      return [noticeCard(e)];
    case "link":
      return [el("div", { class: "bubble card" }, el("strong", {}, e.text), el("small", {}, e.key))];
    case "msgmenu": {
      const box = el("div", { class: "bubble" }, e.text);
      for (const o of e.options || []) box.append(el("button", { type: "button", class: "option", onclick: () => choose(o) }, o.content));
      if (e.tail) box.append(e.tail);
      return [box];
    }
  }
  return [el("div", { class: "bubble" }, ...linked(e.text))];
}

// A template message or subscription notification, as WeChat shows both.
export function noticeCard(e) {
  return el("div", { class: "bubble card notice-card" }, el("strong", {}, e.notice.title),
    el("dl", {}, ...e.notice.items.filter((i) => i.value).flatMap((i) => [el("dt", {}, i.label), el("dd", {}, i.value)])),
    e.notice.url ? el("a", { href: e.notice.url, target: "_blank", rel: "noopener noreferrer" }, "详情") : undefined);
}

// Addresses in a text can be tapped, as on a phone.
export function linked(text) {
  return text.split(/(https?:\/\/[\w\-.~:/?#@!$&'*+,;=%]+)/).map((part, i) =>
    i % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part);
}
