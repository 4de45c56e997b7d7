// Says how far a roster is: while the browser sends it, while it is read, while it is written. Without this file the
// browser sends the form by itself, and the page looks again every few seconds.
(function () {
  "use strict";

  function watch(place) {
    const began = place.dataset.state;
    const planned = place.dataset.planned;
    const figures = place.querySelector(".figures");
    const bar = place.querySelector("progress");
    const number = new Intl.NumberFormat(document.documentElement.lang);

    async function look() {
      try {
        const answer = await fetch(place.dataset.progress, { headers: { accept: "application/json" } });
        if (!answer.ok) return;
        const now = await answer.json();
        if (now.state !== began || (planned && now.planned !== planned)) return location.assign(location.pathname);
        if (bar && now.total && now.done < now.total) {
          bar.max = now.total;
          bar.value = now.done;
        }
        if (figures && now.done) {
          const done = number.format(now.done);
          figures.textContent = now.total > now.done ? `${done} / ${number.format(now.total)}` : done;
        }
      } catch {
        // The next look may succeed; the page stays as it is.
      }
      setTimeout(look, 2000);
    }
    setTimeout(look, 1500);
  }

  function send(form) {
    form.addEventListener("submit", (event) => {
      const file = form.querySelector("input[type=file]");
      if (!file || !file.files.length || !window.FormData) return;
      event.preventDefault();
      const button = form.querySelector("button[type=submit]");
      const told = document.createElement("p");
      const bar = document.createElement("progress");
      told.setAttribute("role", "status");
      bar.max = 100;
      button.disabled = true;
      form.append(told, bar);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.onprogress = (now) => {
        if (!now.lengthComputable) return;
        const percent = Math.floor((100 * now.loaded) / now.total);
        bar.value = percent;
        bar.setAttribute("aria-label", form.dataset.upload.replace("{}", percent));
        told.textContent = percent < 100 ? form.dataset.upload.replace("{}", percent) : form.dataset.reading;
        if (percent === 100) bar.removeAttribute("value");
      };
      request.onload = () => {
        if (request.status < 400 && request.responseURL) return location.assign(request.responseURL);
        const answered = new DOMParser().parseFromString(request.responseText, "text/html");
        const main = answered.querySelector("main");
        if (!main) return form.submit();
        document.querySelector("main").replaceWith(main);
        begin(main);
        (main.querySelector(".summary") || main).focus();
      };
      request.onerror = () => {
        told.remove();
        bar.remove();
        button.disabled = false;
        form.submit();
      };
      request.send(new FormData(form));
    });
  }

  function begin(within) {
    within.querySelectorAll("[data-progress]").forEach(watch);
    within.querySelectorAll("form[data-upload]").forEach(send);
  }
  begin(document);
})();
