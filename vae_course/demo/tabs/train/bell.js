// Rung when a model was handed to the other tabs: their menus offer it then.
window.vaeTrain ??= {};
window.vaeTrain.ring = () => pick({}, 'ring');
