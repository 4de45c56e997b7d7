// Keys for long lists: j and k move over the rows of a table[data-keys], Enter opens the row's first link,
// ? shows the keys. Everything also works without this file.
(function () {
  "use strict";
  const rows = () => [...document.querySelectorAll("table[data-keys] tbody tr")];

  function move(step) {
    const all = rows();
    if (!all.length) return false;
    const held = document.activeElement && document.activeElement.closest("table[data-keys] tbody tr");
    const at = all.indexOf(held);
    const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function open(row) {
    const link = row.matches("table[data-keys] tbody tr") && row.querySelector("a[href]");
    if (link) link.click();
    return Boolean(link);
  }

  function explain() {
    const keys = document.querySelector("details.keys");
    if (!keys) return false;
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!target.matches || target.matches("input, select, textarea, [contenteditable]")) return;
    const done =
      event.key === "j" ? move(1)
      : event.key === "k" ? move(-1)
      : event.key === "?" ? explain()
      : event.key === "Enter" ? open(target)
      : false;
    if (done) event.preventDefault();
  });
})();
