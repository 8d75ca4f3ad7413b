// Enter sends what is typed unless an input method is choosing characters; Shift+Enter breaks the line. Keyboards on
// phones tell no key, only what it would insert.
export function enterSends(field, send) {
  let shift = false;
  field.addEventListener("keydown", (e) => { shift = e.shiftKey; });
  field.addEventListener("beforeinput", (e) => {
    if (shift || e.isComposing || !["insertLineBreak", "insertParagraph"].includes(e.inputType)) return;
    e.preventDefault();
    send();
  });
}
