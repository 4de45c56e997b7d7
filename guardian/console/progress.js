// Watches a roster while it is read: says how far it is, and loads the page again when there is something to see.
// Without this file the page's link «Look again» does the same.
(function () {
  "use strict";
  const place = document.querySelector("[data-progress]");
  if (!place) return;
  const began = place.dataset.state;
  const figures = place.querySelector(".figures");
  const bar = place.querySelector("progress");
  const number = new Intl.NumberFormat(document.documentElement.lang);

  async function look() {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const now = await answer.json();
      if (now.state !== began && now.state !== "read") return location.assign(location.pathname);
      if (bar && now.total) {
        bar.max = now.total;
        bar.value = now.done;
      }
      if (figures && now.done) figures.textContent = number.format(now.done);
    } catch {
      // The next look may succeed; the page stays as it is.
    }
    setTimeout(look, 2000);
  }
  setTimeout(look, 1500);
})();
