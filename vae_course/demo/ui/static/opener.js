// Asks the server for the content of tabs; page.js says when.
window.vaeCourse.canFill((tab) => trigger(tab, {}));
