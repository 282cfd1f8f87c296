// SPDX-License-Identifier: LGPL-2.1-or-later
// What sticks out of each page, how bright its ground is, its faintest text, and how wide the
// narrowest of the columns that name things is.
const bright = (colour) => {
  const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((channel) => {
    const value = channel / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const ground = (page, element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = page.getComputedStyle(at).backgroundColor;
    if (!/, 0\)$/.test(colour)) return colour;
  }
  return page.getComputedStyle(page.document.body).backgroundColor;
};

const contrast = (page, element) => {
  const both = [page.getComputedStyle(element).color, ground(page, element)].map(bright);
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
};

return pages.map((page) => {
  const root = page.document.documentElement;
  const texts = [...page.document.body.querySelectorAll("*")].filter((element) =>
    element.getClientRects().length
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return {
    out: root.scrollWidth - root.clientWidth,
    ground: bright(page.getComputedStyle(page.document.body).backgroundColor),
    narrowest: Math.min(...[...page.document.querySelectorAll("#list thead th, tbody th")]
      .map((cell) => cell.getBoundingClientRect().width).filter(Boolean)),
    faintest: Math.min(...texts.slice(0, 2000).map((element) => contrast(page, element))),
  };
});
