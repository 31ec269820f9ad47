// What the page does by itself: the tab in the address, the switch that keeps it, saving pictures as PNG, and the names
// that Gradio gives to controls in English only, or in the browser's language.
window.vaeCourse = (() => {
  const LARGE = 256; // pixels that a saved picture is wide at least

  const TABS = ['generate', 'reconstruct', 'mix'];
  const wanted = new URL(location.href).searchParams.get('tab');
  let opening = TABS.includes(wanted) ? wanted : null; // Gradio selects its first tab before ours

  const tabChosen = (name) => {
    if (opening && name !== opening) return;
    opening = null;
    const address = new URL(location.href);
    address.searchParams.set('tab', name);
    history.replaceState(history.state, '', address);
  };

  const tabFromAddress = () => (opening ? {__type__: 'update', selected: opening} : {__type__: 'update'});

  const save = (images, columns, file) => {
    const {naturalWidth: width, naturalHeight: height} = images[0];
    const gap = images.length > 1 ? 2 : 0;
    const scale = Math.max(1, Math.ceil(LARGE / width / (images.length > 1 ? 2 : 1)));
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

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-save]');
    if (button) {
      const images = [...button.closest(button.dataset.within).querySelectorAll('img')];
      save(images, Number(button.dataset.columns), button.dataset.save);
    }
    const link = event.target.closest('[data-switch]');
    if (link) link.search = location.search;
  });

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
  new MutationObserver(rename).observe(document.body, {childList: true, subtree: true});

  return {tabChosen, tabFromAddress};
})();
