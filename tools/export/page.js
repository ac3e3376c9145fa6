"use strict";
// Everything shown comes from elements already in the page; text is moved, never parsed.
(() => {
  const panel = document.getElementById("panel");
  const panelText = document.getElementById("panel-text");
  const tip = document.getElementById("tip");
  let opener = null;

  const entryOf = (key) => document.getElementById("source-" + key);

  function open(key, from) {
    const entry = entryOf(key);
    const source = entry && entry.closest(".source");
    if (!source) return;
    hideTip();
    document.querySelectorAll(".cite.open").forEach((c) => c.classList.remove("open"));
    if (from) from.classList.add("open");
    opener = from;
    document.getElementById("panel-title").textContent = source.querySelector("h3").textContent;
    const line = source.querySelector(".owner").cloneNode(true);
    document.getElementById("panel-source").replaceChildren(...line.childNodes);
    const text = source.querySelector(".document").cloneNode(true);
    text.hidden = false;
    panelText.replaceChildren(text);
    const marks = [...text.querySelectorAll("mark")].filter((m) =>
      m.dataset.keys.split(" ").includes(key),
    );
    marks.forEach((m) => m.classList.add("now"));
    if (!marks.length) {
      const quote = document.createElement("p");
      quote.className = "quote-only";
      quote.textContent = entry.querySelector("q").textContent;
      panelText.prepend(quote);
    }
    panel.hidden = false;
    document.body.classList.add("with-panel");
    panel.focus({ preventScroll: true });
    const target = marks[0];
    panel.scrollTop = target
      ? target.getBoundingClientRect().top -
        panel.getBoundingClientRect().top +
        panel.scrollTop -
        panel.clientHeight / 3
      : 0;
  }

  function close() {
    panel.hidden = true;
    document.body.classList.remove("with-panel");
    document.querySelectorAll(".cite.open").forEach((c) => c.classList.remove("open"));
    if (opener) opener.focus({ preventScroll: true });
    opener = null;
  }

  function showTip(cite) {
    const entry = entryOf(cite.dataset.key);
    if (!entry) return;
    const quote = document.createElement("p");
    quote.textContent = "“" + entry.querySelector("q").textContent + "”";
    const source = document.createElement("p");
    source.className = "owner";
    const article = entry.closest(".source");
    source.textContent = article.querySelector("h3").textContent + ", " + article.dataset.line;
    tip.replaceChildren(quote, source);
    tip.hidden = false;
    const at = cite.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left - 24, document.documentElement.clientWidth - box.width - 8));
    const below = at.bottom + 6;
    const fits = below + box.height < window.innerHeight;
    tip.style.left = left + "px";
    tip.style.top = (fits ? below : Math.max(8, at.top - box.height - 6)) + "px";
  }

  function hideTip() {
    tip.hidden = true;
  }

  const citeOf = (event) => (event.target.closest ? event.target.closest(".cite") : null);
  document.addEventListener("click", (event) => {
    const cite = citeOf(event);
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    if (cite && plain) {
      event.preventDefault();
      open(cite.dataset.key, cite);
    }
  });
  document.addEventListener("mouseover", (event) => {
    const cite = citeOf(event);
    if (cite) showTip(cite);
  });
  document.addEventListener("mouseout", (event) => {
    if (citeOf(event)) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const cite = citeOf(event);
    if (cite && cite.matches(":focus-visible")) showTip(cite);
  });
  document.addEventListener("focusout", (event) => {
    if (citeOf(event)) hideTip();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!tip.hidden) hideTip();
    else if (!panel.hidden) close();
  });
  window.addEventListener("scroll", hideTip, { passive: true });
  document.getElementById("panel-close").addEventListener("click", close);
})();
