// What the page does by itself: the tab in the address, the switch that keeps it, saving pictures as PNG, and the names
// that Gradio gives to controls in English only, or in the browser's language.
window.vaeCourse = (() => {
  const LARGE = 512, TILE = 128; // pixels that a saved picture is wide at least, alone or among others

  const wanted = new URL(location.href).searchParams.get('tab');
  const exists = () => wanted && document.querySelector(`header[data-tabs~="${CSS.escape(wanted)}"]`);
  let opening = wanted; // Gradio selects its first tab before ours

  // values of a tab, null for those at their default -> the address; a drag writes it now and then
  const unwritten = new Map(), SPARE = 3, EACH = 400; // writes at once (10 ms of Chromium each), and milliseconds until there is one more
  let spare = SPARE, counted = 0, later = null;
  const note = (tab, values) => {
    for (const [key, value] of Object.entries(values)) unwritten.set(`${tab}.${key}`, value);
    spare = Math.min(SPARE, spare + (performance.now() - counted) / EACH);
    counted = performance.now();
    if (spare < 1) later ??= setTimeout(write, EACH);
    else {
      spare -= 1;
      write();
    }
  };
  const write = () => {
    const address = new URL(location.href);
    for (const [key, value] of unwritten)
      if (value === null) address.searchParams.delete(key);
      else address.searchParams.set(key, value);
    unwritten.clear();
    clearTimeout(later);
    later = null;
    if (address.href !== location.href) history.replaceState(history.state, '', address);
  };
  const here = () => { // the address, of what is seen now
    write();
    return new URL(location.href);
  };

  const noteAll = () => {
    for (const span of document.querySelectorAll('[data-note]:not([data-noted])')) {
      const tab = span.closest('[id^="tab-"]')?.id.slice(4);
      if (!filled.has(tab)) continue; // what it shows at first must not overwrite what the address asks for
      span.dataset.noted = 'yes';
      note(tab, JSON.parse(span.dataset.note));
    }
  };
  const valuesOf = (tab) => {
    const values = {};
    for (const [key, value] of new URL(location.href).searchParams) {
      const [owner, name] = key.split('.');
      if (name && owner === tab) values[name] = value.slice(0, 400);
    }
    return values;
  };

  // A tab is filled when it is first opened, with what the address says of it, and takes no clicks until then; the one
  // that came with the page asks too, since the address or the visitor's own model may change it.
  const filled = new Set(), asked = new Map(); // tabs; those under way -> values
  const tabs = () => document.querySelector('header[data-tabs]')?.dataset ?? {tabs: ''};
  let ask = null;
  const hold = (held) => document.documentElement.classList.toggle('restoring', held);
  const fill = (tab) => {
    if (!ask || filled.has(tab) || asked.has(tab)) return;
    asked.set(tab, valuesOf(tab));
    Promise.race([tab === 'questions' && window.vaeGreeted, new Promise((done) => setTimeout(done, 4000))])
      .then(() => ask(tab)); // when the server knows what this browser keeps
  };
  const open = (tab) => {
    fill(tab);
    hold(!filled.has(tab) && (tabs().ready !== tab || Object.keys(valuesOf(tab)).length > 0));
    if (!filled.has(tab)) setTimeout(() => { // an answer that never came: the next click asks again
      asked.delete(tab);
      if (tab === (current ?? tab)) hold(false);
    }, 10000);
  };
  const canFill = (asking) => {
    ask = asking;
    open(current ?? (exists() ? wanted : tabs().ready));
  };
  const valuesFor = (tab) => [asked.get(tab) ?? valuesOf(tab)]; // Gradio calls this when the call is about to be sent
  const filledNow = (tab) => {
    asked.delete(tab);
    filled.add(tab);
    document.documentElement.dataset.filled = [...filled].join(' '); // for tests and screenshots to wait for
    noteAll();
    if (tab === (current ?? tab)) { hold(false); onFilled?.(); }
  };
  let onFilled = null;
  const refill = () => new Promise((done) => { // after the server was away, and perhaps forgot what the tabs show
    onFilled = done;
    filled.clear();
    asked.clear();
    if (current) open(current);
  });
  for (const kind of ['pointerover', 'focusin']) document.addEventListener(kind, (event) => { // soon it will be clicked
    const [, tab] = event.target.closest?.('[role="tab"]')?.id.match(/^tab-(.+)-button$/) ?? [];
    if (tab) fill(tab);
  });

  // What the tab that came with the page shows; the server wrote it into the page.
  const ready = () => JSON.parse(document.querySelector('script[data-ready]').textContent);

  let current = null;
  const tabChosen = (name) => {
    if (opening && name !== opening) return;
    opening = null;
    const address = here(), byVisitor = current !== null;
    current = name;
    requestAnimationFrame(rove);
    open(name);
    if (address.searchParams.get('tab') === name) return;
    address.searchParams.set('tab', name);
    history[byVisitor ? 'pushState' : 'replaceState'](history.state, '', address);
  };
  const button = (tab) => document.getElementById(`tab-${tab}-button`) ??
    [...document.querySelectorAll('.overflow-dropdown button')].find((one) => // what does not fit on a phone
      one.textContent.trim() === JSON.parse(tabs().names ?? '{}')[tab]);
  window.addEventListener('popstate', () => { // back and forward go from tab to tab, which stay as they were left
    const name = new URL(location.href).searchParams.get('tab') ?? tabs().ready;
    if (name !== current) button(name)?.click();
    for (const span of document.querySelectorAll('[data-noted]')) span.removeAttribute('data-noted');
    noteAll();
  });

  const tabFromAddress = () => {
    if (!exists()) opening = null;
    return opening ? {__type__: 'update', selected: opening} : {__type__: 'update'};
  };

  const save = async (images, columns, file) => {
    await Promise.all(images.map((image) => image.decode())); // some may still be on their way
    const {naturalWidth: width, naturalHeight: height} = images[0];
    const gap = images.length > 1 ? 2 : 0;
    const scale = Math.ceil((images.length > 1 ? TILE : LARGE) / width);
    const across = Math.min(columns, images.length), down = Math.ceil(images.length / columns);
    const canvas = document.createElement('canvas');
    canvas.width = across * (width * scale + gap) - gap;
    canvas.height = down * (height * scale + gap) - gap;
    const paper = canvas.getContext('2d');
    paper.imageSmoothingEnabled = false;
    paper.fillStyle = '#fff';
    paper.fillRect(0, 0, canvas.width, canvas.height);
    images.forEach((image, k) => paper.drawImage(image, (k % columns) * (width * scale + gap),
      Math.floor(k / columns) * (height * scale + gap), width * scale, height * scale));
    canvas.toBlob((blob) => download(blob, file), 'image/png');
  };
  const download = (blob, file) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const saveFile = (base64, type, file) =>
    download(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], {type}), file);

  // What is picked in an area waits here until the server can take it: one call at a time, in order. What has a slot
  // replaces what still waits in the same slot.
  const waiting = new Map(); // area -> slot -> [data, how to call]
  const pick = (element, call, data, slot = Symbol()) => {
    const area = element.closest('[id^="pick-"]').id;
    if (!waiting.has(area)) waiting.set(area, new Map());
    waiting.get(area).set(slot, [data, call]);
    call();
  };
  const picked = (area) => { // Gradio calls this when a call is about to be sent
    const [next] = waiting.get(area) ?? [];
    if (!next) return null;
    const [slot, [data, call]] = next;
    waiting.get(area).delete(slot);
    if (waiting.get(area).size) setTimeout(call); // after this one
    return data;
  };

  // The scripts of tabs and parts, each a function of what it runs on; `pick` hands what is picked to the server.
  const scripts = {};
  const run = (name, element, {props, trigger, watch, upload}) => scripts[name]({
    element, props, trigger, watch, upload, pick: (data, slot) => pick(element, () => trigger('pick', {}), data, slot),
  });

  // To predict before looking: the element's button.cover (data-on, data-off: what it says) and the address hold whether
  // the answer is covered; onChange(covered) hides or shows it. -> show(), for when a new button has come; set(covered).
  const cover = (element, tab, onChange) => {
    let covered = new URL(location.href).searchParams.get(`${tab}.covered`) === '1';
    const show = () => {
      const button = element.querySelector('button.cover');
      if (!button) return; // the tab is not filled yet
      button.setAttribute('aria-pressed', String(covered));
      button.textContent = covered ? button.dataset.on : button.dataset.off;
      onChange(covered);
    };
    const set = (on) => {
      covered = on;
      note(tab, {covered: on ? 1 : null});
      show();
    };
    element.addEventListener('click', (event) => event.target.closest('button.cover') && set(!covered));
    show();
    return {show, set};
  };

  // The .lens of a field shows a picture beside a place of it, x and y in 0..1 from its top left: a CSS background, a canvas, or
  // nothing. tileOf: the background that is the k-th picture of a sheet.
  const lens = (field, x, y, seen) => {
    const glass = field.querySelector('.lens'), background = typeof seen === 'string' ? seen : '';
    glass.hidden = !seen;
    if (!seen) return;
    if (background) glass.replaceChildren();
    else if (glass.firstChild !== seen) glass.replaceChildren(seen);
    Object.assign(glass.style, {left: `clamp(52px, ${100 * x}%, 100% - 52px)`, top: `${100 * y}%`, background});
    glass.classList.toggle('below', y * field.clientHeight < 130);
  };
  const tileOf = (sheet, k, columns, rows) => {
    const across = 100 * (k % columns) / Math.max(1, columns - 1);
    const down = 100 * Math.floor(k / columns) / Math.max(1, rows - 1);
    return `url(${sheet}) ${across}% ${down}% / ${100 * columns}% ${100 * rows}%`;
  };
  // Where in a box an event is, in 0..1 from its top left.
  const shareOf = (box, event) => {
    const within = (value) => Math.max(0, Math.min(1, value)), {left, top, width, height} = box.getBoundingClientRect();
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)];
  };
  // Drags that begin on what the selector names: moved(event) at each move of a pressed pointer, from a few pixels on;
  // the click at the end of one is none. A finger that goes up or down scrolls the page (CSS: touch-action), unless it
  // began on a .here; inside SVG, touch-action alone does not hold it.
  const drags = (element, selector, moved) => {
    let from = null, dragged = false;
    element.addEventListener('pointerdown', (event) => {
      dragged = false;
      from = event.button === 0 && event.target.closest(selector) ? event : null;
    });
    element.addEventListener('pointermove', (event) => {
      if (event.pointerId !== from?.pointerId) return;
      const right = Math.abs(event.clientX - from.clientX), down = Math.abs(event.clientY - from.clientY);
      if (!dragged && Math.max(right, down) < 5) return;
      if (!dragged && from.pointerType === 'touch' && down > right && !from.target.closest('.here')) {
        from = null; // the page scrolls
        return;
      }
      if (!dragged) from.target.closest(selector)?.setPointerCapture(event.pointerId);
      dragged = true;
      moved(event);
    });
    const holds = (event) => from?.target.closest('.here') && event.preventDefault();
    element.addEventListener('touchmove', holds, {passive: false});
    for (const kind of ['pointerup', 'pointercancel']) element.addEventListener(kind, () => { from = null; });
    element.addEventListener('dragstart', (event) => event.target.closest?.(selector) && event.preventDefault());
    element.addEventListener('click', (event) => {
      if (dragged) event.stopImmediatePropagation();
      dragged = false;
    }, true);
    return () => dragged && from !== null;
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-save]');
    if (button) {
      const images = [...button.closest(button.dataset.within).querySelectorAll('img')];
      images.forEach(window.vaeCourse.rest);
      save(images, Number(button.dataset.columns), button.dataset.save);
    }
    const link = event.target.closest('[data-switch]');
    if (link) link.search = here().search;
    if (event.target.closest('[data-skip]')) {
      event.preventDefault();
      const panel = document.getElementById(`tab-${current ?? tabs().ready}`);
      panel.tabIndex = -1;
      panel.focus();
    }
    followToTab(event);
  });

  // Between tabs with the arrow keys, then Enter; the tab key reaches only the one that is open.
  document.addEventListener('keydown', (event) => {
    const list = event.target.closest?.('.tab-wrapper');
    const all = [...list?.querySelectorAll('[role="tab"], .overflow-menu > button') ?? []].filter((one) => one.offsetParent);
    const from = all.indexOf(event.target), last = all.length - 1;
    const to = {ArrowLeft: from || last + 1, ArrowRight: from === last ? 1 : from + 2, Home: 1, End: last + 1}[event.key];
    if (from < 0 || !to) return;
    event.preventDefault();
    all[to - 1].focus();
  });
  const rove = () => {
    for (const tab of document.querySelectorAll('[role="tab"]')) tab.tabIndex = tab.ariaSelected === 'true' ? 0 : -1;
  };

  const whenThere = (selector, act, tries = 300) => { // a tab is made when it is first opened
    const found = document.querySelector(selector);
    if (found) act(found);
    else if (tries) requestAnimationFrame(() => whenThere(selector, act, tries - 1));
  };

  // A link to ?tab=... in the page changes the tab and loads nothing, unless it is to open elsewhere.
  const followToTab = (event) => {
    const link = event.target.closest('a[data-tab]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const there = button(link.dataset.tab);
    if (!there) return;
    event.preventDefault();
    there.click();
    if (link.dataset.question) whenThere(`[data-open-question="${link.dataset.question}"]`, (one) => one.click());
    window.scrollTo({top: 0});
    requestAnimationFrame(() => document.getElementById(`tab-${link.dataset.tab}-button`)?.focus({preventScroll: true}));
  };

  // Gradio's menus open when they get the focus: after Escape a click on one that still has it does nothing.
  document.addEventListener('pointerdown', (event) => {
    const field = event.target.closest('input[role="listbox"], input[role="combobox"]');
    if (field === document.activeElement && field?.getAttribute('aria-expanded') === 'false') field.blur();
  }, true);

  // A number that was typed counts within its bounds, whole where its field's step is, once it is entered or left; an
  // emptied field says again what it said. Gradio corrects the field only, and tells nobody.
  document.addEventListener('focusin', ({target}) => {
    if (target.type === 'number') target.dataset.before = target.value;
  });
  document.addEventListener('change', ({target}) => {
    if (target.type !== 'number') return;
    const {min, max, step, value, dataset} = target;
    const typed = value === '' ? Number(dataset.before) : step % 1 ? Number(value) : Math.round(value);
    const counts = Math.max(min === '' ? -Infinity : Number(min), Math.min(max === '' ? Infinity : Number(max), typed));
    dataset.before = counts;
    if (value === String(counts)) return;
    target.value = counts;
    target.dispatchEvent(new Event('input', {bubbles: true}));
  }, true);

  const rename = () => {
    for (const input of document.querySelectorAll('[aria-label^="number input for "], [aria-label^="range slider for "]'))
      input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/^(number input|range slider) for /, ''));
    const words = document.querySelector('[data-more-tabs]');
    if (words) for (const button of document.querySelectorAll('button[aria-label="More tabs"]'))
      button.setAttribute('aria-label', words.dataset.moreTabs);
  };
  const takeOver = () => { // from what the server wrote to be read at first
    if (document.querySelector('gradio-app .page-header header')) document.querySelector('.first-sight')?.remove();
  };
  const html = document.documentElement;
  const keepLanguage = () => {
    if (html.lang !== html.dataset.pageLang) html.lang = html.dataset.pageLang;
  };
  keepLanguage();
  new MutationObserver(keepLanguage).observe(html, {attributeFilter: ['lang']});
  new MutationObserver(() => { takeOver(); rename(); rove(); noteAll(); }).observe(document.body, {childList: true, subtree: true});

  return {tabChosen, tabFromAddress, ready, canFill, valuesFor, filled: filledNow, refill, note, here, picked, saveFile, cover, lens, tileOf, shareOf, drags, scripts, run};
})();
