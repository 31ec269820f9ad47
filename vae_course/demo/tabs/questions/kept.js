// What a visitor predicts, writes and pins, kept by this browser (IndexedDB) until it is erased: for both languages and
// all windows. Where the browser allows no keeping it lives as long as this page, and window.vaeKept.lasting is false.
const NAME = `taller-vae ${new URL('./', document.baseURI).pathname}`, VERSION = 1;
const JOURNAL = 'vae-typed', LATELY = 60 * 1000; // milliseconds

const opened = new Promise((resolve) => {
  const never = () => resolve(null);
  try {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('fields', {keyPath: 'name'}); // {name: "why:blurry", value}
      request.result.createObjectStore('figures', {keyPath: 'key'}); // in the order in which they were pinned
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = request.onblocked = never;
  } catch { never(); }
});
const table = async (name, mode, act) => { // act(table) -> a request; its result. Throws where nothing can be kept
  const database = await opened;
  if (!database) throw new Error('no storage');
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode), request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
};
const passing = () => {
  kept.lasting = false;
  document.dispatchEvent(new CustomEvent('vae-kept'));
};

// What is written just before the page is left may be too late for a database.
const journal = (act) => { try { return act(window.sessionStorage); } catch { return null; } }; // it may be forbidden
const left = () => {
  const {at, fields} = JSON.parse(journal((session) => session.getItem(JOURNAL)) ?? '{"at": 0}');
  return Date.now() - at < LATELY ? fields : {};
};

const figures = new Map(); // key -> a figure that the database did not take
const keys = async () => [...await table('figures', 'readonly', (all) => all.getAllKeys()).catch(() => []), ...figures.keys()];
const keyOf = async (id) => (await keys()).find((key) => key.endsWith(id));

const kept = {
  lasting: true,
  fields: {}, // all of them, such as "why:blurry", "choice:blurry", "caption:0f3a…", "name"
  typed: left(), // those texts among them that were written on this page
  ready: null,
  load: async () => { // another window may have written since
    const records = await table('fields', 'readonly', (all) => all.getAll()).catch(passing);
    if (records) kept.fields = Object.fromEntries(records.map(({name, value}) => [name, value]));
    for (const name in kept.typed) kept.typed[name] = kept.fields[name] ?? kept.typed[name];
    document.dispatchEvent(new CustomEvent('vae-kept'));
  },
  put: (name, value) => { // null: not any more
    if (value === null) delete kept.fields[name];
    else kept.fields[name] = value;
    table('fields', 'readwrite', (all) => value === null ? all.delete(name) : all.put({name, value})).catch(passing);
  },
  write: (name, text) => {
    kept.typed[name] = text;
    journal((session) => session.setItem(JOURNAL, JSON.stringify({at: Date.now(), fields: kept.typed})));
    kept.put(name, text);
  },
  ids: async () => (await keys()).map((key) => key.split(' ')[1]),
  figure: async (id) => {
    const key = await keyOf(id), caption = kept.fields[`caption:${id}`];
    const figure = figures.get(key) ?? await table('figures', 'readonly', (all) => all.get(key));
    return caption === undefined ? figure : {...figure, caption};
  },
  addFigure: async (figure) => {
    const key = `${new Date().toISOString()} ${figure.id}`;
    await table('figures', 'readwrite', (all) => all.put({...figure, key})).catch(() => {
      figures.set(key, figure);
      passing();
    });
  },
  dropFigure: async (id) => {
    const key = await keyOf(id);
    kept.put(`caption:${id}`, null);
    delete kept.typed[`caption:${id}`];
    if (key && !figures.delete(key)) await table('figures', 'readwrite', (all) => all.delete(key)).catch(passing);
  },
  erase: async () => {
    kept.forget();
    for (const name of ['fields', 'figures']) await table(name, 'readwrite', (all) => all.clear()).catch(passing);
    windows?.postMessage('erased');
  },
  forget: () => {
    kept.fields = {};
    kept.typed = {};
    figures.clear();
    for (const key of [JOURNAL, 'vae-training']) journal((session) => session.removeItem(key));
  },
};
window.vaeKept = kept;
const windows = window.BroadcastChannel ? new BroadcastChannel(NAME) : null; // of this browser
if (windows) windows.onmessage = () => { kept.forget(); location.reload(); };
const late = Object.entries(kept.typed);
kept.ready = kept.load().then(() => late.forEach(([name, text]) => kept.put(name, text)));
for (const [place, kind] of [[document, 'visibilitychange'], [window, 'focus']])
  place.addEventListener(kind, () => { if (!document.hidden) kept.load(); });
