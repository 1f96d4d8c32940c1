// Elements and their text. Names of prefixes and clients are anybody's input: whatever comes from
// the server becomes a text node or an attribute's value, never markup.

// make("td", {class: "n"}, "text", other) is <td class="n">text<other></td>.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const byID = (id) => document.getElementById(id);

// put changes a text only where it differs: what stays the same is neither laid out nor read aloud again.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// mark does the same for an attribute; null takes it away.
export function mark(element, name, value) {
  if (value == null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// nameOf is a name from the server, apart from the direction of the text around it.
export const nameOf = (name) => make("bdi", { class: "name" }, name);

// colour is the value of a custom property as the theme in force has it.
export function colour(property) {
  const probe = make("span", { hidden: true });
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
