// What the page does by itself: the tab in the address, the switch that keeps it, saving pictures as PNG, and the names
// that Gradio gives to controls in English only, or in the browser's language.
window.vaeCourse = (() => {
  const LARGE = 512, TILE = 128; // pixels that a saved picture is wide at least, alone or among others

  const wanted = new URL(location.href).searchParams.get('tab');
  const exists = () => document.querySelector(`header[data-tabs~="${CSS.escape(wanted)}"]`);
  let opening = wanted; // Gradio selects its first tab before ours

  // values of a tab, null for those at their default -> the address
  const note = (tab, values) => {
    const address = new URL(location.href);
    for (const [key, value] of Object.entries(values))
      if (value === null) address.searchParams.delete(`${tab}.${key}`);
      else address.searchParams.set(`${tab}.${key}`, value);
    if (address.href !== location.href) history.replaceState(history.state, '', address);
  };

  const noteAll = () => {
    if (restoring) return;
    for (const one of document.querySelectorAll('[data-note]:not([data-noted])')) {
      one.dataset.noted = 'yes';
      const panel = one.closest('[id^="tab-"]');
      if (panel) note(panel.id.slice(4), JSON.parse(one.dataset.note));
    }
  };
  const fromAddress = () => {
    const values = {};
    for (const [key, value] of new URL(location.href).searchParams) {
      const [tab, name] = key.split('.');
      if (name) (values[tab] ??= {})[name] = value.slice(0, 400);
    }
    return [values];
  };

  // What the page shows at first must not overwrite what its address asks for, nor be clicked in its stead.
  let restoring = true;
  const hold = (held) => document.documentElement.classList.toggle('restoring', held);
  const restored = () => { restoring = false; hold(false); noteAll(); };
  hold(Object.keys(fromAddress()[0]).length > 0);
  setTimeout(hold, 10000, false); // an answer that never came

  const tabChosen = (name) => {
    if (opening && name !== opening) return;
    opening = null;
    const address = new URL(location.href);
    address.searchParams.set('tab', name);
    history.replaceState(history.state, '', address);
  };

  const tabFromAddress = () => {
    if (!exists()) opening = null;
    return opening ? {__type__: 'update', selected: opening} : {__type__: 'update'};
  };

  const save = (images, columns, file) => {
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
    canvas.toBlob((blob) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }, 'image/png');
  };

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

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-save]');
    if (button) {
      const images = [...button.closest(button.dataset.within).querySelectorAll('img')];
      save(images, Number(button.dataset.columns), button.dataset.save);
    }
    const link = event.target.closest('[data-switch]');
    if (link) link.search = location.search;
    followToTab(event);
  });

  const whenThere = (selector, act, tries = 300) => { // a tab is made when it is first opened
    const found = document.querySelector(selector);
    if (found) act(found);
    else if (tries) requestAnimationFrame(() => whenThere(selector, act, tries - 1));
  };

  // A link to ?tab=... in the page changes the tab and loads nothing, unless it is to open elsewhere.
  const followToTab = (event) => {
    const link = event.target.closest('a[data-tab]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const menu = [...document.querySelectorAll('.overflow-dropdown button')]; // what does not fit on a phone
    const button = document.getElementById(`tab-${link.dataset.tab}-button`) ??
      menu.find((one) => one.textContent.trim() === link.dataset.tabName);
    if (!button) return;
    event.preventDefault();
    button.click();
    if (link.dataset.question) whenThere(`[data-open-question="${link.dataset.question}"]`, (one) => one.click());
    window.scrollTo({top: 0});
    requestAnimationFrame(() => document.getElementById(`tab-${link.dataset.tab}-button`)?.focus({preventScroll: true}));
  };

  const rename = () => {
    for (const input of document.querySelectorAll('[aria-label^="number input for "], [aria-label^="range slider for "]'))
      input.setAttribute('aria-label', input.getAttribute('aria-label').replace(/^(number input|range slider) for /, ''));
    const words = document.querySelector('[data-more-tabs]');
    if (words) for (const button of document.querySelectorAll('button[aria-label="More tabs"]'))
      button.setAttribute('aria-label', words.dataset.moreTabs);
  };
  const html = document.documentElement;
  const keepLanguage = () => {
    if (html.lang !== html.dataset.pageLang) html.lang = html.dataset.pageLang;
  };
  keepLanguage();
  new MutationObserver(keepLanguage).observe(html, {attributeFilter: ['lang']});
  new MutationObserver(() => { rename(); noteAll(); }).observe(document.body, {childList: true, subtree: true});

  return {tabChosen, tabFromAddress, fromAddress, restored, note, pick, picked};
})();
