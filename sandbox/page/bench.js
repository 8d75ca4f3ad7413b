// The bench beside the phone: what the platform allows the account to do, and the faults.
import { el } from "./bubbles.js";

const $ = (id) => document.getElementById(id);

const apis = {
  "": "所有接口", webhook: "推送给公众号服务器", token: "取令牌 token", stable_token: "取稳定令牌 stable_token",
  "message/custom/send": "客服消息 custom/send", "menu/create": "建菜单", "menu/get": "查菜单", "menu/delete": "删菜单",
  "qrcode/create": "建二维码", "user/info": "用户信息", showqrcode: "二维码图片",
};
const kinds = {
  latency: "变慢", "-1": "系统繁忙（-1）", 40001: "令牌失效（40001）", 45009: "当日额度用完（45009）",
  "5xx": "网关错误（HTTP 502）", drop: "连接中断", "timeout-after-accept": "办了，但没有回音",
};
const webhookKinds = { latency: "推送变慢", drop: "回答在路上丢失，微信重推" };

export function wireBench(faults) {
  $("fault-api").addEventListener("change", drawKinds);
  $("fault-kind").addEventListener("change", drawLatency);
  $("fault").addEventListener("submit", (e) => {
    e.preventDefault();
    const fault = { api: $("fault-api").value, kind: $("fault-kind").value, count: Number($("fault-count").value) };
    if (slow()) fault.latency = Number($("fault-latency").value) + "s";
    faults.add(fault);
  });
  $("fault-clear").addEventListener("click", faults.remove);
}

const slow = () => ["latency", "timeout-after-accept"].includes($("fault-kind").value);
function drawLatency() { $("fault-latency-row").hidden = !slow(); }
function drawKinds() {
  const known = $("fault-api").value === "webhook" ? webhookKinds : kinds;
  $("fault-kind").replaceChildren(...Object.entries(known).map(([kind, name]) => el("option", { value: kind }, name)));
  drawLatency();
}

export function drawBench(state, me) {
  if (!$("fault-api").options.length) {
    $("fault-api").append(...["", "webhook", ...state.apis.filter((a) => a !== "webhook")].map((a) => el("option", { value: a }, apis[a] || a)));
    drawKinds();
  }
  $("who").textContent = me.name;
  $("unfollow").disabled = $("report").disabled = !me.follows;
  $("window").textContent = allowance(me);
  $("faults").replaceChildren(...state.faults.map((f) => el("li", {}, [
    apis[f.api] || f.api, (f.api === "webhook" ? webhookKinds : kinds)[f.kind] || f.kind, f.latency,
    f.rate ? "概率" + f.rate : "", f.count ? "还剩" + f.count + "次" : "直到清除",
  ].filter(Boolean).join(" · "))));
}

// What the platform's rule for customer-service messages leaves.
function allowance(me) {
  if (!me.follows) return "没有关注，公众号不能给他发消息。";
  const hours = (Date.parse(me.until) - Date.now()) / 3_600_000;
  if (!(hours > 0)) return "48小时内没有说过话，公众号不能主动给他发客服消息。";
  return "公众号还可以主动发" + me.left + "条客服消息，时限还有" + (hours >= 1 ? Math.floor(hours) + "小时" : Math.ceil(hours * 60) + "分钟") + "。";
}
