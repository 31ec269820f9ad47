// What is wrong with the layout of a tab at the width that the window has, in words. Run once in a page of the demo;
// then `layouts` has it all. Each function takes the name of the tab that is open.
globalThis.layouts = (() => {
  const place = (tab) => document.querySelector(`#tab-${tab}`);
  const HIDDEN = '.unseen, .visually-hidden, .wrap.hide, .sr-only, [aria-hidden="true"]';
  const seen = (one) => one.checkVisibility({opacityProperty: true, visibilityProperty: true}) &&
    !one.closest(HIDDEN) && one.getBoundingClientRect().width > 0;
  const name = (one) =>
    `${one.tagName.toLowerCase()}.${[...one.classList].join('.')} ${(one.innerText ?? '').slice(0, 30)}`;
  const overflows = (one, kinds) => one.scrollWidth > one.clientWidth + 1 && kinds.test(getComputedStyle(one).overflowX);
  // The next picture, where transitions (Gradio's padding of radio buttons has one) have come to their end.
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
    done();
  })));

  // What scrolls sideways or leaves the window.
  const outside = (tab) => {
    const found = [], width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const one of document.querySelectorAll(`header *, [role=tab], #tab-${tab} *`)) {
      const {left, right} = one.getBoundingClientRect();
      if (overflows(one, /auto|scroll/)) found.push(`scrolls sideways: ${name(one)}`);
      if (seen(one) && (left < -1 || right > width + 1) && !one.closest('svg *')) found.push(`outside: ${name(one)}`);
    }
    return found;
  };

  // Texts that are cut, or lie over others. Charts have tests of their own; what sticks or scrolls may lie over texts.
  const above = (one) => one && (/sticky|fixed/.test(getComputedStyle(one).position) || above(one.parentElement) ||
    (one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY)));
  const words = (tab) => {
    const found = [], walk = document.createTreeWalker(place(tab), NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walk.nextNode()) {
      const of = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || of.closest('svg, script, option, .kl') || !seen(of) || above(of)) continue;
      range.selectNodeContents(walk.currentNode);
      found.push([of, [...range.getClientRects()].filter((rect) => rect.width > 2)]);
    }
    return found;
  };
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
  const texts = (tab) => {
    const found = new Set(), all = words(tab);
    for (const [of, rects] of all) {
      for (let one = of; one !== place(tab); one = one.parentElement)
        if (overflows(one, /hidden|clip/)) found.add(`cut: ${name(of)}`);
      for (const [other, others] of all)
        if (!of.contains(other) && !other.contains(of) && rects.some((a) => others.some((b) => meet(a, b))))
          found.add(`${name(of)} lies over ${name(other)}`);
    }
    return [...found];
  };

  // What is missing or narrower than it must be: selector -> pixels.
  const narrow = (tab, least) => Object.entries(least).flatMap(([selector, pixels]) => {
    const all = [...place(tab).querySelectorAll(selector)].filter(seen);
    const width = Math.min(...all.map((one) => one.getBoundingClientRect().width));
    return all.length && width >= pixels ? [] : [`${selector}: ${all.length} of them, ${width} pixels wide`];
  });

  // What is touched -> what that changes: those that no way of scrolling shows together.
  const shown = (one) => { // the share of it that is in the window, and not below something else
    const {top, bottom, left, right, height} = one.getBoundingClientRect();
    const from = Math.max(top, 0), to = Math.min(bottom, innerHeight);
    const at = to > from && document.elementFromPoint((left + right) / 2, (from + to) / 2);
    return at && (one.contains(at) || at.contains(one)) ? (to - from) / Math.min(height, innerHeight) : 0;
  };
  const apart = async (tab, pairs) => {
    const found = [];
    for (const pair of Object.entries(pairs)) {
      const [control, picture] = pair.map((selector) => [...place(tab).querySelectorAll(selector)].find(seen));
      if (!control || !picture) { found.push(`missing: ${pair.join(' or ')}`); continue; }
      let best = 0;
      for (const [one, block] of [[control, 'center'], [control, 'start'], [control, 'end'], [picture, 'center']]) {
        one.scrollIntoView({block, behavior: 'instant'});
        await drawn();
        best = Math.max(best, Math.min(shown(control), shown(picture)));
      }
      if (best < 0.5) found.push(`never on one screen: ${pair.join(' and ')}`);
    }
    window.scrollTo(0, 0);
    return found;
  };

  // Panels whose parts would not stand together while pins.js measures them for the report.
  const scattered = (tab) => [...place(tab).querySelectorAll('section')].filter(seen).filter((panel) => {
    panel.dataset.measured = '';
    const loose = [panel, ...panel.querySelectorAll('*')].some((one) => {
      const {display, position} = getComputedStyle(one);
      return display === 'contents' || position === 'sticky' && one.tagName !== 'SPAN';
    });
    delete panel.dataset.measured;
    return loose;
  }).map((panel) => `scattered when pinned: ${name(panel)}`);

  // How many pixels wide the window is used.
  const span = (tab) => {
    const leaves = [...place(tab).querySelectorAll('*')].filter((one) => seen(one) && !one.children.length);
    const boxes = leaves.map((one) => one.getBoundingClientRect());
    return Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
  };

  const levels = (tab) => [...document.querySelectorAll(`h1, #tab-${tab} :is(h2, h3, h4, h5, h6)`)]
    .filter((one) => one.checkVisibility() && one.innerText.trim()).map((one) => Number(one.tagName[1]));

  return {drawn, outside, texts, narrow, apart, scattered, span, levels};
})();
