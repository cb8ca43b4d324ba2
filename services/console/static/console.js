/* The console's one script: focus on faults, palette, shortcuts, drafts, bulk selection. All pages work without it. */
(function () {
  "use strict";
  var body = document.body;
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }

  /* what was sent became a page: back and reload ask for it again, where the browser would only say that it cannot */
  if (history.replaceState) { history.replaceState(history.state, "", body.dataset.here || location.href); }

  /* every request of htmx carries the form token */
  body.addEventListener("htmx:configRequest", function (e) {
    e.detail.headers["X-CSRF-Token"] = body.dataset.csrf;
    if (e.detail.elt.matches(".filters [data-live]")) { empty(e.detail.elt.form).forEach(function (f) { delete e.detail.parameters[f.name]; }); }
    if (e.detail.elt.matches("[data-draft]")) { all("input[type=file]", e.detail.elt.form || e.detail.elt.closest("form")).forEach(function (f) { delete e.detail.parameters[f.name]; }); }
  });
  /* a refusal is a page in words: show it */
  body.addEventListener("htmx:beforeSwap", function (e) { if (e.detail.xhr.status === 422 || e.detail.xhr.status === 412) { e.detail.shouldSwap = true; } });

  /* an address holds the filters that say something */
  function empty(form) { return all("input, select", form).filter(function (f) { return f.name && !f.value; }); }
  document.addEventListener("submit", function (e) {
    if (!e.target.matches(".filters")) { return; }
    var unsaid = empty(e.target);
    unsaid.forEach(function (f) { f.disabled = true; });
    setTimeout(function () { unsaid.forEach(function (f) { f.disabled = false; }); }, 0);
  });

  function ready(root) {
    var first = root.querySelector("[data-focus]");
    if (first) { first.focus(); }
    all("[data-print], [data-palette]", root).forEach(function (b) { b.hidden = false; });
    picked();
  }
  body.addEventListener("htmx:load", function (e) { ready(e.detail.elt); });

  /* what a live search found, for those who do not see it */
  body.addEventListener("htmx:afterSettle", function (e) {
    var told = e.detail.elt.id.slice(-6) === "-found" && e.detail.elt.querySelector(".bar p, .empty .title");
    if (told) { document.getElementById("said").textContent = told.textContent; }
  });

  /* live search: not while an input method is composing, once when it has finished */
  function live(e) {
    if (e.target.matches && e.target.matches("[data-live]") && !e.isComposing) { e.target.dispatchEvent(new CustomEvent("live")); }
  }
  document.addEventListener("input", live);
  document.addEventListener("compositionend", live);

  /* drafts: what is typed goes to the server a moment later; without a network it stays in the page and goes when it is back */
  var unsaved = new Set();
  function draft(e) {
    var form = e.target.form || (e.target.closest && e.target.closest("form"));
    var line = form && form.querySelector("[data-draft]");
    if (line && !e.isComposing) { line.dispatchEvent(new CustomEvent("draft")); }
  }
  ["input", "change", "compositionend"].forEach(function (name) { document.addEventListener(name, draft); });
  function offline(e) { document.getElementById("net").hidden = false; if (e.detail.elt.matches("[data-draft]")) { unsaved.add(e.detail.elt); } }
  body.addEventListener("htmx:sendError", offline);
  body.addEventListener("htmx:timeout", offline);
  body.addEventListener("htmx:afterOnLoad", function (e) {
    if (e.detail.xhr.status >= 400) { return; }
    all("#net, #ended").forEach(function (line) { line.hidden = true; });
    unsaved.delete(e.detail.elt);
  });
  body.addEventListener("htmx:responseError", function (e) {
    if (e.detail.xhr.status !== 401) { return; }
    document.getElementById("ended").hidden = false;
    if (e.detail.elt.matches("[data-draft]")) { unsaved.add(e.detail.elt); }
  });
  function retry() { unsaved.forEach(function (line) { line.dispatchEvent(new CustomEvent("retry")); }); }
  window.addEventListener("online", retry);
  window.addEventListener("offline", function () { document.getElementById("net").hidden = false; });
  setInterval(retry, 10000);

  /* a form is sent once; the server would know the second by its key anyway */
  document.addEventListener("submit", function (e) {
    if (!e.target.matches("[data-once]")) { return; }
    if (navigator.onLine === false) { e.preventDefault(); document.getElementById("net").hidden = false; return; } // the browser's own error page would take her text
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(function () { delete e.target.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", function () { all("[data-once]").forEach(function (f) { delete f.dataset.sent; }); });

  /* a choice that settles another field: data-fills="field=value" */
  document.addEventListener("change", function (e) {
    var said = e.target.dataset && e.target.dataset.fills ? e.target.dataset.fills.split("=") : [];
    var other = said[1] && document.getElementById("f-" + said[0]);
    if (other) { other.value = said[1]; }
  });

  /* a file too large is said before it goes over a slow line */
  document.addEventListener("change", function (e) {
    var said = e.target.type === "file" && e.target.parentNode.querySelector(".over");
    if (!said) { return; }
    said.hidden = !(e.target.files[0] && e.target.files[0].size > 20971520);
    if (!said.hidden) { e.target.value = ""; }
  });

  /* bulk selection */
  function picked() {
    all(".rows").forEach(function (form) {
      var line = form.querySelector("[data-picked]");
      if (!line) { return; }
      var n = all("input[name=picked]:checked", form).length;
      if (!line.dataset.none) { line.dataset.none = line.textContent; }
      line.textContent = n ? line.dataset.picked.replace("{n}", n) : line.dataset.none;
      form.querySelector(".bar").classList.toggle("picked", n > 0);
      all(".bulk button", form).forEach(function (b) { b.disabled = !n; });
    });
  }
  document.addEventListener("change", function (e) {
    if (e.target.matches("[data-all]")) { all("input[name=picked]", e.target.form).forEach(function (box) { box.checked = e.target.checked; }); }
    if (e.target.form && e.target.form.matches(".rows")) { picked(); }
  });

  /* a phone shows the rest of a card, or of the filters, when asked */
  function unfold(button) {
    if (!button) { return; }
    var shut = button.closest(button.dataset.unfold).classList.toggle("open") === false, said = button.firstChild.data;
    button.setAttribute("aria-expanded", String(!shut));
    if (button.dataset.less) { button.firstChild.data = button.dataset.less; button.dataset.less = said; }
  }

  /* palette */
  var palette = document.getElementById("palette");
  function open() {
    if (!palette || palette.open) { return; }
    if (palette.showModal) { palette.showModal(); } else { location.href = "/palette"; return; }
    var box = document.getElementById("palette-q");
    box.value = "";
    box.focus();
    box.dispatchEvent(new CustomEvent("live"));
  }
  function step(by) {
    var items = all("#found a");
    var at = items.findIndex(function (a) { return a.getAttribute("aria-selected") === "true"; });
    if (!items.length) { return; }
    if (at >= 0) { items[at].setAttribute("aria-selected", "false"); }
    var next = items[(at + by + items.length) % items.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    document.getElementById("palette-q").setAttribute("aria-activedescendant", next.id);
  }
  if (palette) {
    palette.addEventListener("keydown", function (e) {
      if (e.isComposing) { return; }
      if (e.key === "Escape") { e.preventDefault(); palette.close(); } // else the search field would keep the first one for itself
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); step(e.key === "ArrowDown" ? 1 : -1); }
      if (e.key === "Enter") {
        var chosen = palette.querySelector("#found a[aria-selected=true]");
        if (chosen) { e.preventDefault(); location.href = chosen.href; }
      }
    });
    palette.addEventListener("click", function (e) { if (e.target === palette) { palette.close(); } });
  }

  /* shortcuts: Alt and a letter or digit, never a bare key; switched off in the help page */
  document.addEventListener("keydown", function (e) {
    if (e.isComposing) { return; }
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k") { e.preventDefault(); open(); return; }
    if (!e.altKey || e.ctrlKey || e.metaKey || body.dataset.shortcuts !== "on" || !/^(Key[A-Z]|Digit[0-9])$/.test(e.code)) { return; }
    var target = document.querySelector('[data-key="' + e.code.slice(-1).toLowerCase() + '"]');
    if (!target) { return; }
    e.preventDefault();
    if (target.matches("input, select, textarea")) { target.focus(); } else { target.click(); }
  });

  document.addEventListener("click", function (e) {
    if (e.target.closest("[data-palette]")) { open(); }
    if (e.target.closest("[data-print]")) { window.print(); }
    unfold(e.target.closest("[data-unfold]"));
    all("details.user[open], details.columns[open], details.pill[open]").forEach(function (d) { if (!d.contains(e.target)) { d.open = false; } });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "Escape") { return; }
    all("details.user[open], details.columns[open], details.pill[open]").forEach(function (d) { d.open = false; d.querySelector("summary").focus(); });
  });
  ready(document);
})();
