/* Every text that is seen, with its boxes: text nodes, ::before and ::after, what fields hold or suggest. Says which overlap and which are cut off. */
() => {
  const found = [], shown = [], stands = [];
  const LOOKS = ["display", "position", "left", "top", "right", "bottom", "z-index", "float", "width", "height", "box-sizing", "padding", "margin",
    "border-width", "border-style", "flex-grow", "flex-shrink", "flex-basis", "order", "align-self", "font-family", "font-size", "font-weight",
    "line-height", "letter-spacing", "white-space", "overflow-wrap", "text-align", "vertical-align", "visibility", "opacity", "overflow"];

  /* a pseudo-element cannot be asked for its box: a span looking like it stands in its place for a moment */
  for (const e of document.body.querySelectorAll("*"))
    for (const which of ["before", "after"]) {
      const style = getComputedStyle(e, "::" + which);
      if (style.display === "none" || ["none", "normal"].includes(style.content)) continue;
      const said = style.content.replace(/counters?\([^)]*\)/g, '"1"').match(/"(?:[^"\\]|\\.)*"/g) || [];
      const text = said.map(s => s.slice(1, -1)).join("");
      if (!text.trim()) continue;
      const span = document.createElement("span");
      span.textContent = text;
      for (const look of LOOKS) span.style.setProperty(look, style.getPropertyValue(look));
      stands.push([e, which, span]);
    }
  const none = new CSSStyleSheet();
  none.replaceSync("[data-no-before]::before, [data-no-after]::after { content: none !important; }");
  document.adoptedStyleSheets = [none];
  for (const [e, which, span] of stands) { e.setAttribute("data-no-" + which, ""); which === "before" ? e.prepend(span) : e.append(span); }

  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const text = node.data.trim(), parent = node.parentElement;
    if (!text || parent.closest("script,style,noscript,[hidden],option,title,textarea,dialog:not([open])") || !seen(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    put(node, text, [...range.getClientRects()], parent);
  }
  const pen = document.createElement("canvas").getContext("2d");
  for (const e of document.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea")) {
    if (!seen(e) || e.closest("dialog:not([open])")) continue;
    const style = getComputedStyle(e), r = e.getBoundingClientRect(), side = s => parseFloat(style["padding" + s]) + parseFloat(style["border" + s + "Width"]);
    const left = r.left + side("Left"), top = r.top + side("Top"), room = r.right - side("Right") - left, height = r.bottom - side("Bottom") - top;
    const text = e.tagName === "SELECT" ? (e.selectedOptions[0] || {text: ""}).text : e.value || e.placeholder;
    if (!text || room < 2) continue;
    const drawn = e.value || e.tagName === "SELECT" ? style : getComputedStyle(e, "::placeholder");
    pen.font = `${drawn.fontWeight} ${drawn.fontSize} ${drawn.fontFamily}`;
    const needs = e.tagName === "TEXTAREA" ? Math.min(room, pen.measureText(text).width) : pen.measureText(text).width;
    const arrow = e.tagName === "SELECT" ? 16 : 0, still = e.tagName === "SELECT" ? text.length <= 20 : !e.value; // a long name in a select is unfolded
    if (still && needs > room - arrow + 1) found.push(`text is cut off: ${text}`);
    const width = Math.min(needs, room);
    put(e, text, [{left, top, width, height, right: left + width, bottom: top + height}], e);
  }
  const all = shown.flatMap(s => s.boxes.map(b => ({...s, b}))).sort((x, y) => x.b.top - y.b.top);
  for (let i = 0; i < all.length; i++)
    for (let j = i + 1; j < all.length && all[j].b.top < all[i].b.bottom - 2; j++) {
      const over = all[i].of !== all[j].of && all[i].layer === all[j].layer && meet(all[i].b, all[j].b);
      if (over && over.width > 2 && over.height > Math.min(all[i].b.height, all[j].b.height) * 0.35) found.push(`texts overlap: ${all[i].text} × ${all[j].text}`);
    }
  for (const [e, which, span] of stands) { span.remove(); e.removeAttribute("data-no-" + which); }
  document.adoptedStyleSheets = [];
  return found;

  function put(of, text, boxes, e) {
    let clip = null, cuts = null, scrolled = false;
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflow === "visible" || (up === e && of === e)) continue;
      const b = up.getBoundingClientRect();
      clip = clip ? meet(clip, b) || {left: 0, right: 0, top: 0, bottom: 0} : b;
      scrolled = scrolled || /auto|scroll/.test(style.overflow);
      if (!scrolled && style.textOverflow !== "ellipsis") cuts = clip;
    }
    const whole = boxes.filter(b => b.width > 1 && b.height > 1);
    const inside = whole.map(b => clip ? meet(b, clip) : b).filter(b => b && b.width > 1 && b.height > 1);
    if (inside.length) shown.push({of, text, boxes: inside, layer: layer(e)});
    const cut = b => { const left = meet(b, cuts); return !left || left.width < b.width - 3 || left.height < b.height * 0.65; };
    if (inside.length && cuts && whole.some(cut)) found.push(`text is cut off: ${text}`);
  }
  function seen(e) { return e.checkVisibility({opacityProperty: true, visibilityProperty: true}); }
  function meet(a, b) {
    const left = Math.max(a.left, b.left), right = Math.min(a.right, b.right), top = Math.max(a.top, b.top), bottom = Math.min(a.bottom, b.bottom);
    return right > left && bottom > top ? {left, right, top, bottom, width: right - left, height: bottom - top} : null;
  }
  function layer(e) {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (["fixed", "sticky"].includes(style.position) || e.tagName === "DIALOG" || (style.position === "absolute" && style.zIndex > 0)) return e;
    }
    return null;
  }
}
