// The bench beside the phone: what the platform allows the account to do, and the faults.
import { el } from "./bubbles.js";

const $ = (id) => document.getElementById(id);

const apis = {
  "": "微信的所有接口", webhook: "推送给公众号服务器", token: "取令牌 token", stable_token: "取稳定令牌 stable_token",
  "message/custom/send": "客服消息 custom/send", "message/template/send": "模板消息 template/send", "message/subscribe/bizsend": "订阅通知 bizsend",
  "message/template/result": "推送模板消息的结果", "message/subscribe/result": "推送订阅通知的结果", "menu/create": "建菜单", "menu/get": "查菜单", "menu/delete": "删菜单",
  "qrcode/create": "建二维码", "user/info": "用户信息", showqrcode: "二维码图片", get_api_domain_ip: "接口地址",
  "template/get_all_private_template": "查消息模板", "newtmpl/gettemplate": "查订阅模板",
  "aliyun/SendSms": "发短信 SendSms", "aliyun/SendBatchSms": "批量发短信 SendBatchSms", "aliyun/QuerySendDetails": "查短信去向 QuerySendDetails",
  "aliyun/GetSmsTemplate": "查短信模板 GetSmsTemplate", "aliyun/GetSmsSign": "查短信签名 GetSmsSign",
  "aliyun/report": "推送短信回执", "aliyun/reply": "推送短信回复",
};
const broken = {
  "5xx": "网关错误（HTTP 502）", "5xx-after-accept": "办了，却答网关错误", drop: "连接中断", "timeout-after-accept": "办了，但没有回音",
};
const kinds = { latency: "变慢", "-1": "系统繁忙（-1）", 40001: "令牌失效（40001）", 45009: "当日额度用完（45009）", ...broken };
const tokenKinds = {
  ...kinds, 40125: "密钥不对（40125）", 40164: "地址不在白名单（40164）", 89503: "等管理员确认地址（89503）", 50007: "账号被冻结（50007）",
};
const webhookKinds = { latency: "推送变慢", drop: "回答在路上丢失，微信重推" };
const smsKinds = {
  latency: "变慢", "Throttling.User": "限流（Throttling.User）", "isv.BUSINESS_LIMIT_CONTROL": "号码发得太多（BUSINESS_LIMIT_CONTROL）",
  "isv.AMOUNT_NOT_ENOUGH": "余额不足（AMOUNT_NOT_ENOUGH）", "isp.SYSTEM_ERROR": "系统错误（SYSTEM_ERROR）", ...broken,
};
const noticeKinds = { ...kinds, 43116: "模板被封禁（43116）", 47003: "内容不合要求（47003）" };
const resultKinds = {
  "failed:user block": "居民拒收（user block）", "failed: system failed": "系统失败（system failed）", latency: "迟到", lost: "丢失",
  twice: "来两次", early: "先于接口的回答", reordered: "乱序",
};
const replyKinds = { latency: "迟到", lost: "丢失", twice: "来两次", drop: "回答在路上丢失，平台重推" };
const reportKinds = {
  MOBILE_NOT_ON_SERVICE: "关机、停机或空号（收不到）", latency: "回执迟到", lost: "回执丢失", twice: "回执来两次",
  early: "回执先于接口的回答", reordered: "回执乱序", drop: "回答在路上丢失，平台重推",
};

function kindsOf(api) {
  if (api === "webhook") return webhookKinds;
  if (api === "aliyun/report") return reportKinds;
  if (api === "aliyun/reply") return replyKinds;
  if (api.endsWith("/result")) return resultKinds;
  if (api === "token" || api === "stable_token") return tokenKinds;
  if (api === "message/template/send" || api === "message/subscribe/bizsend") return noticeKinds;
  return isSMS(api) ? smsKinds : kinds;
}
const isSMS = (api) => api.startsWith("aliyun/");

export function wireBench(faults) {
  $("fault-api").addEventListener("change", drawKinds);
  $("fault-kind").addEventListener("change", drawLatency);
  $("fault").addEventListener("submit", (e) => {
    e.preventDefault();
    const fault = { api: $("fault-api").value, kind: $("fault-kind").value, count: Number($("fault-count").value) };
    if (isSMS(fault.api) && $("fault-number").value) fault.number = $("fault-number").value;
    if (slow()) fault.latency = Number($("fault-latency").value) + "s";
    faults.add(fault);
  });
  $("fault-clear").addEventListener("click", faults.remove);
}

const slow = () => ["latency", "timeout-after-accept", "reordered"].includes($("fault-kind").value);
function drawLatency() { $("fault-latency-row").hidden = !slow(); }
function drawKinds() {
  $("fault-number-row").hidden = !isSMS($("fault-api").value);
  $("fault-kind").replaceChildren(...Object.entries(kindsOf($("fault-api").value)).map(([kind, name]) => el("option", { value: kind }, name)));
  drawLatency();
}

export function drawBench(state, me) {
  if (!$("fault-api").options.length) {
    $("fault-api").append(...["", "webhook", ...state.apis.filter((a) => a !== "webhook")].map((a) => el("option", { value: a }, apis[a] || a)));
    $("fault-number").append(el("option", { value: "" }, "所有号码"), ...state.residents.filter((r) => r.phone)
      .map((r) => el("option", { value: r.phone }, r.name)));
    drawKinds();
  }
  $("who").textContent = me.name;
  $("unfollow").disabled = $("report").disabled = !me.follows;
  $("window").textContent = allowance(me);
  $("faults").replaceChildren(...state.faults.map((f) => el("li", {}, [
    apis[f.api] || f.api, kindsOf(f.api)[f.kind] || f.kind, f.number && "号码" + f.number, f.latency,
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
