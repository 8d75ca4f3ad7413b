// What makes forms quicker to use. Each of these only adds: a form without scripts is posted and comes back.
import { swap } from "./live.js";

const late = (ms, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, ms); }; };

// A second press while the first is under way does nothing. A download leaves the page as it is: after a while its form can be sent again.
const mark = (form, sent) => {
  if (sent) form.dataset.sent = "yes"; else delete form.dataset.sent;
  for (const b of form.querySelectorAll("button:not([type=button])")) sent ? b.setAttribute("aria-disabled", "true") : b.removeAttribute("aria-disabled");
};
document.addEventListener("submit", (e) => {
  if (e.target.dataset.sent) return e.preventDefault();
  if (e.target.method !== "post") return;
  mark(e.target, true);
  setTimeout(() => mark(e.target, false), 10000);
});
window.addEventListener("pageshow", () => { for (const f of document.querySelectorAll("form[data-sent]")) mark(f, false); });

// data-preview="URL" data-into="ID": the form is posted to the address a moment after each change, and the answer stands in the element.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const into = document.getElementById(form.dataset.into);
  let running;
  const show = late(400, async () => {
    running?.abort();
    running = new AbortController();
    into.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: running.signal });
      if (answer.ok) swap(into, await answer.text());
      into.removeAttribute("aria-busy");
    } catch { /* the next change asks again, and submitting shows all of it */ }
  });
  form.addEventListener("input", show);
  form.addEventListener("change", show);
}

// data-autosave="URL" data-saved="ID": the form is kept three seconds after a change. The answer stands in the element, which is in the form
// and holds its version and next nonce. While it is not kept, leaving asks first.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const saved = document.getElementById(form.dataset.saved);
  let dirty = false, running = false, wait = 3000, timer;
  const save = async () => {
    if (running || !dirty || form.dataset.sent) return;
    running = true;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) throw new Error(answer.status);
      if (answer.redirected) throw new Error("signed out");
      swap(saved, await answer.text());
      wait = 3000;
      if (saved.querySelector("[data-unsaved]")) { // it says why it is not kept: the next change tries again, and leaving asks first
        dirty = true;
        return;
      }
    } catch {
      dirty = true;
      wait = Math.min(wait * 2, 60000);
      let lost = saved.querySelector(".lost");
      if (!lost) saved.append(lost = Object.assign(document.createElement("p"), { className: "lost" }));
      lost.textContent = "没有存上，稍后自动再试。请先不要关闭这个页面。";
    } finally {
      running = false;
    }
    if (dirty) timer = setTimeout(save, wait);
  };
  form.addEventListener("input", () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, wait); });
  window.addEventListener("online", () => { clearTimeout(timer); save(); });
  window.addEventListener("beforeunload", (e) => { if (dirty && !form.dataset.sent) e.preventDefault(); });
}

// data-max="N": how many characters are left, counted as the server does.
for (const field of document.querySelectorAll("[data-max]")) {
  const count = Object.assign(document.createElement("p"), { className: "count" });
  field.after(count);
  const show = () => {
    const left = field.dataset.max - [...field.value.replace(/\r\n/g, "\n")].length;
    count.textContent = left < 0 ? `多了 ${-left} 字` : `还可以写 ${left} 字`;
    count.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", show);
  show();
}

// data-opens="ID": a box that is ticked opens the details with what belongs to it.
document.addEventListener("change", (e) => { if (e.target.checked && e.target.dataset.opens) document.getElementById(e.target.dataset.opens).open = true; });

// data-drop: a file may be dropped on the box around a file input.
for (const box of document.querySelectorAll("[data-drop]")) {
  const input = box.querySelector("input[type=file]");
  for (const kind of ["dragenter", "dragover"]) box.addEventListener(kind, (e) => { e.preventDefault(); box.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("over"));
  box.addEventListener("drop", (e) => {
    e.preventDefault();
    if (!e.dataTransfer.files.length) return;
    input.files = e.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// data-copy="ID" on a hidden button: copies the element's text, and says whether it did. Some browsers refuse in silence: then the text is
// selected, and the person copies it.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      done = true;
    } catch {
      if (source.select) source.select(); else getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "已复制" : "请长按或按 Ctrl+C 复制";
  });
}

// Filters are open where there is room. Newer browsers do this by the style alone.
if (matchMedia("(min-width: 641px)").matches) {
  for (const d of document.querySelectorAll(".filters details")) d.open = true;
}
