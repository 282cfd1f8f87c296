// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a name did anything but stand there, once it was shown everywhere.
return Promise.all(pages.map(async (page) => {
  const root = page.document;
  root.querySelector("#list tr[data-at]").click();
  await sleep(50);
  return {
    struck: page.struck ?? null,
    title: root.getElementById("why-title").textContent,
    foreign: root.querySelectorAll("img, svg[onload]").length + root.scripts.length - 2,
  };
}));
